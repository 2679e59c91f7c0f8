/** One timer, set to the earliest time that was asked for. */
import type { Clock, Undo } from '../ports.ts'

export interface Alarm {
  /** Rings at this time, epoch ms, or earlier when it was set earlier. */
  set(at: number): void
  /** Never rings again. */
  stop(): void
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let dueAt = Infinity
  let cancel: Undo | undefined

  return {
    set(at) {
      if (at >= dueAt) return
      cancel?.()
      dueAt = at
      cancel = clock.after(at - clock.now(), () => {
        dueAt = Infinity
        ring()
      })
    },
    stop() {
      dueAt = -Infinity
      cancel?.()
    },
  }
}
