/** The life of something that ends once, at any time, and must not leave anyone waiting then: a connection. */

export interface Life {
  goesOn(): boolean
  /** Throws the reason after the end. */
  check(): void
  /** The first reason is kept. */
  end(reason: Error): void
  /** Settles as the work does, or rejects with the reason at the end, whichever comes first. */
  during<Result>(work: PromiseLike<Result>): Promise<Result>
}

export function createLife(): Life {
  // Not a race with one promise for the end: that would keep a trace of all work until then.
  const waiting = new Set<(reason: Error) => void>()
  let ended: Error | undefined
  return {
    goesOn: () => ended === undefined,
    check() {
      if (ended) throw ended
    },
    end(reason) {
      if (ended) return
      ended = reason
      for (const reject of waiting) reject(reason)
      waiting.clear()
    },
    during: (work) =>
      new Promise((resolve, reject) => {
        if (ended) reject(ended)
        else waiting.add(reject)
        work.then(resolve, reject).then(() => waiting.delete(reject))
      }),
  }
}
