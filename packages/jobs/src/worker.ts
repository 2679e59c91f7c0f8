/** The loop behind every queue: works while there is work, then waits and looks again. */

export interface Worker {
  /** Looks for work now instead of after the pause; during the pause that follows a failure it does nothing. */
  wake(): void
  /** Resolves when the work in progress has ended; nothing starts afterwards. */
  stop(): Promise<void>
}

export interface WorkerOptions {
  /** Does a piece of work and returns whether there may be more. */
  work(): Promise<boolean>
  /** How often to look for work, in ms. */
  idleMs: number
  /** Called with each failure; the work is repeated after a pause. */
  onError(error: unknown): void
  /** Calls `act` after a delay and returns what cancels it; default: by a timer that does not keep the process alive. */
  schedule?: Schedule
}

export type Schedule = (act: () => void, afterMs: number) => () => void

/** After a failure the pause doubles from `idleMs` to this, so that an outage of the database is not made worse. */
const longestPauseMs = 30_000

/** Starts a worker. Several, also in other processes, may work on one queue when `work` claims its rows. */
export function startWorker({ work, idleMs, onError, schedule = byTimer }: WorkerOptions): Worker {
  let isStopped = false
  let isAwake = false
  let failures = 0
  let cancel = () => {}
  let working: Promise<void> | undefined

  async function workWhileThereIsWork(): Promise<void> {
    do {
      isAwake = false
      while (!isStopped && (await work())) failures = 0
      failures = 0
    } while (isAwake && !isStopped)
  }

  function look(): void {
    working = workWhileThereIsWork()
      .catch((error: unknown) => {
        failures += 1
        onError(error)
      })
      .catch(() => {
        // Reporting a failure failed. There is no one else to report to, and the work must go on.
      })
      .finally(() => {
        working = undefined
        if (!isStopped) cancel = schedule(look, pauseMs())
      })
  }

  const pauseMs = () => (failures === 0 ? idleMs : Math.min(idleMs * 2 ** failures, longestPauseMs))

  look()
  return {
    wake() {
      isAwake = true // noticed by the work in progress
      if (working || isStopped || failures > 0) return
      cancel()
      look()
    },
    async stop() {
      isStopped = true
      cancel()
      await working
    },
  }
}

function byTimer(act: () => void, afterMs: number): () => void {
  const timer = setTimeout(act, afterMs).unref()
  return () => clearTimeout(timer)
}
