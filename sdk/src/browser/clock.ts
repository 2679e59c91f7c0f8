/** The browser's clock: the device's time at the start of the client, continued by a clock that cannot be set. */
import type { Clock } from '../core/ports.ts'

/** More than any correction by a time server; less than any sleep. */
const leapMs = 1_000

export function createClock(): Clock {
  let startedAt = deviceTime() - steadyTime()

  return {
    openedAt: Math.floor(startedAt),
    now() {
      // While a laptop sleeps, performance.now() stands still in Chromium and Firefox on some systems
      // (https://github.com/w3c/hr-time/issues/115), and the device's time leaps ahead. When it is set back, that is ignored.
      const apparent = deviceTime() - steadyTime()
      if (apparent - startedAt > leapMs) startedAt = apparent
      return Math.round(startedAt + steadyTime())
    },
    after(ms, task) {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
  }
}

// A page may have replaced both. The collector corrects times by when they were sent.
// biome-ignore lint/complexity/useDateNow: pages have replaced Date.now, or lack it.
const deviceTime = () => Number(new Date())
const steadyTime = () => performance?.now?.() ?? 0
