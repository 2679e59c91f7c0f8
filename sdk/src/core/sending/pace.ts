/** Decides when the next request may go, for all pages together: the back-off after failures, and what the collector asked for. */

import type { Ports } from '../ports.ts'
import { readJson } from '../queue/sync-storage.ts'

const firstDelayMs = 1_000
/** Spread by 20 %, an outage of 8 s costs four requests at most, and its end is noticed within 5 s. */
const earlyCapMs = 3_600
/** As many make a minute; from then on nobody waits for each second of the collector's. */
const earlyFailures = 17
const lateCapMs = 300_000
/** A longer `Retry-After` would be as good as switching the SDK off. */
const longestPauseMs = 3_600_000

export interface Pace {
  /** Epoch ms from which on requests may go; Infinity: not before `restart`. */
  openAt(): number
  isOpen(): boolean
  /** Must even a request that cannot wait not go? */
  isPaused(): boolean
  /** A request failed: waits longer each time. */
  failed(): void
  /** Forgets that wait, for there is a reason to try now; a pause still holds. */
  hurry(): void
  /** The collector asked for it: nobody may hurry for so long. */
  pause(ms: number): void
  /** The same for this page alone; a new one may find that things have changed. */
  hold(ms: number): void
  /** All is well again, or may be. */
  restart(): void
}

/** What all pages know; times are epoch ms. */
interface Wait {
  /** In a row. */
  failures: number
  waitsUntil: number
  pausedUntil: number
}

const name = 'pace'

export function createPace({ clock, ids, syncStorage }: Ports): Pace {
  const none: Wait = { failures: 0, waitsUntil: 0, pausedUntil: 0 }
  let heldUntil = 0

  const read = (): Wait => ({ ...none, ...readJson<Wait>(syncStorage, name) })
  const change = (changes: Partial<Wait>) =>
    syncStorage.write(name, JSON.stringify({ ...read(), ...changes }))
  // Beyond the longest pause it was written under a clock that was wrong, and what is no number by somebody else.
  const sane = (at: number) => (at - clock.now() <= longestPauseMs ? at : 0)
  const pauseEnd = () => Math.max(heldUntil, sane(read().pausedUntil))
  const openAt = () => Math.max(pauseEnd(), sane(read().waitsUntil))

  return {
    openAt,
    isOpen: () => clock.now() >= openAt(),
    isPaused: () => clock.now() < pauseEnd(),
    failed() {
      const failures = read().failures + 1
      // ±20 %: visitors who failed together come back one by one.
      change({ failures, waitsUntil: clock.now() + delayAfter(failures) * (0.8 + 0.4 * ids.random()) })
    },
    hurry() {
      if (read().waitsUntil) change({ waitsUntil: 0 })
    },
    pause: (ms) => change({ pausedUntil: clock.now() + ms }),
    hold(ms) {
      heldUntil = clock.now() + ms
    },
    restart() {
      heldUntil = 0
      if (syncStorage.read(name)) syncStorage.write(name)
    },
  }
}

/** How long to wait after so many failures. */
function delayAfter(failures: number): number {
  const late = failures - earlyFailures
  return late > 0
    ? Math.min(earlyCapMs * 2 ** late, lateCapMs)
    : Math.min((firstDelayMs / 2) * 2 ** failures || earlyCapMs, earlyCapMs)
}

/** Reads a `Retry-After` header, seconds or an HTTP date, as ms from `now`, an hour at most; 0 when it says nothing. */
export function parseRetryAfter(value: string | null | undefined, now: number): number {
  if (!value) return 0
  const ms = Number(value) * 1_000 || Date.parse(value) - now
  return ms > 0 ? Math.min(ms, longestPauseMs) : 0
}
