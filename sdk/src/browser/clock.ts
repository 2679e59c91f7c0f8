/** The browser's clock: the device's time at the start of the client, carried on by a clock that nobody can set. */
import type { Clock } from '../core/ports.ts'

/** More than any correction by a time server; less than any sleep. */
const leapMs = 1_000

export function createClock(): Clock {
  let startedAt = Date.now() - performance.now()

  return {
    openedAt: Math.floor(startedAt),
    now() {
      // While a laptop sleeps, performance.now() stands still in Chromium and Firefox on some systems
      // (https://github.com/w3c/hr-time/issues/115): the device's time has then leapt ahead. Set back, it is not believed.
      const apparent = Date.now() - performance.now()
      if (apparent - startedAt > leapMs) startedAt = apparent
      return Math.round(startedAt + performance.now())
    },
    after(ms, task) {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
  }
}
