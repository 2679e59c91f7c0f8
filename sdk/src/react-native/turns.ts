/** Runs tasks one after another. */

/** Runs the task after all earlier ones, whether they failed or not; the result is its own. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()

  return (task) => {
    const run = last.then(task)
    last = run.catch(() => {}) // its caller handles the failure
    return run
  }
}
