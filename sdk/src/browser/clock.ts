/** The browser's clock: the device's time at the start of the client, carried on by a clock that nobody can set. */
import type { Clock } from '../core/ports.ts'

export function createClock(): Clock {
  const startedAt = Date.now() - performance.now()

  return {
    now: () => Math.round(startedAt + performance.now()),
    after(ms, task) {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
  }
}
