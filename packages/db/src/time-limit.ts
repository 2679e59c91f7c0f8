/** A time limit around a promise, because a database that hangs must not hang its callers. */

/** The database did not answer in time; whether it did the work is unknown. */
export class TimeLimitError extends Error {
  override name = 'TimeLimitError'
}

export async function withTimeLimit<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TimeLimitError(`No answer from the database within ${limitMs} ms.`)),
      limitMs,
    )
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
    promise.catch(() => {
      // When the limit has passed first, no one is left to handle a later failure.
    })
  }
}
