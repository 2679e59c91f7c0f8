/** Decides when the next request may go: the own back-off after failures, and what the collector asked for. */
import type { Clock, Ids } from './ports.ts'

const firstDelayMs = 1_000
/** In the first minute: an outage of 8 s costs four requests at most. */
const earlyCapMs = 4_000
const earlyMs = 60_000
const lateCapMs = 300_000
/** A longer `Retry-After` would be as good as switching the SDK off. */
const longestPauseMs = 3_600_000

export interface Pace {
  /** Epoch ms from which on requests may go; Infinity: not before `restart`. */
  openAt(): number
  isOpen(): boolean
  /** A request failed: waits longer each time. */
  failed(): void
  /** Forgets that wait, for there is a reason to try now; a pause still holds. */
  hurry(): void
  /** Nobody may hurry for so long. */
  pause(ms: number): void
  /** All is well again, or may be. */
  restart(): void
}

export function createPace(clock: Clock, ids: Ids): Pace {
  let delayMs = 0
  let failingSince = 0
  let waitsUntil = 0
  let pausedUntil = 0

  const openAt = () => Math.max(waitsUntil, pausedUntil)

  return {
    openAt,
    isOpen: () => clock.now() >= openAt(),
    failed() {
      const now = clock.now()
      if (!delayMs) failingSince = now
      delayMs = Math.min(delayMs * 2 || firstDelayMs, now - failingSince < earlyMs ? earlyCapMs : lateCapMs)
      waitsUntil = now + delayMs * (0.8 + 0.4 * ids.random()) // ±20 %: pages that failed together come back one by one
    },
    hurry() {
      waitsUntil = 0
    },
    pause(ms) {
      pausedUntil = clock.now() + ms
    },
    restart() {
      delayMs = waitsUntil = pausedUntil = 0
    },
  }
}

/** Reads a `Retry-After` header, seconds or an HTTP date, as ms from `now`, an hour at most; 0 when it says nothing. */
export function parseRetryAfter(value: string | null | undefined, now: number): number {
  if (!value) return 0
  const ms = Number(value) * 1_000 || Date.parse(value) - now
  return ms > 0 ? Math.min(ms, longestPauseMs) : 0
}
