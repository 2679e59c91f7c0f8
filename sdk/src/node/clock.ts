/** A server's clock, and what keeps its process alive. */
import { createClock as createPageClock } from '../browser/clock.ts'
import type { Clock, Undo } from '../core/ports.ts'

/** Its timers do not keep the process alive. Runtimes whose timers are numbers have no process to keep. */
export function createClock(): Clock {
  return {
    ...createPageClock(),
    after(ms, task) {
      const timer = setTimeout(task, ms)
      timer.unref?.()
      return () => clearTimeout(timer)
    },
  }
}

/** Some 24 days, the longest that timers take. */
const longestMs = 2_147_483_647

/** Keeps the process alive until it is undone. */
export function keepAlive(): Undo {
  const timer = setInterval(() => {}, longestMs)
  return () => clearInterval(timer)
}
