/**
 * Decides when the next request may go, for all pages together: back-off after failures, and pauses that the collector asks
 * for.
 */
import { toJson } from '../json.ts'
import type { Ports } from '../ports.ts'
import { readJson } from '../queue/sync-storage.ts'

const firstDelayMs = 1_000
/** Spread by 20 %, an outage of 8 s then costs at most four requests, and its end is noticed within 5 s. */
const earlyCapMs = 3_600
/** They take about a minute; after that the delays grow again. */
const earlyFailures = 17
const lateCapMs = 300_000
/** A longer `Retry-After` would be as good as switching the SDK off. */
const longestPauseMs = 3_600_000

export interface Pace {
  /** Epoch ms from which requests may go; Infinity: not before `restart`. */
  openAt(): number
  isOpen(): boolean
  /** Whether even a leaving page's last request is blocked. */
  isPaused(): boolean
  /** A request failed: waits longer each time. */
  failed(): void
  /** Ends that wait, because there is a reason to try now; a pause still holds. */
  hurry(): void
  /** The collector asked for a pause: no page may send for so long. */
  pause(ms: number): void
  /** The same, for this page only; a new page tries again. */
  hold(ms: number): void
  /** Ends every wait and pause: something was delivered, or there is a new token. */
  restart(): void
}

/** What all pages share; times are epoch ms. */
interface Wait {
  /** In a row. */
  failures: number
  waitsUntil: number
  pausedUntil: number
}

const name = 'pace'

export function createPace({ clock, ids, syncStorage }: Pick<Ports, 'clock' | 'ids' | 'syncStorage'>): Pace {
  let heldUntil = 0

  const read = () => readJson<Wait>(syncStorage, name) ?? {}
  const change = (changes: Partial<Wait>) => syncStorage.write(name, toJson({ ...read(), ...changes }))
  // A time beyond the longest pause was written by a wrong clock; one that is no number, by someone else.
  const sane = (at = 0) => (at - clock.now() <= longestPauseMs ? at : 0)
  const pauseEnd = () => Math.max(heldUntil, sane(read().pausedUntil))
  const openAt = () => Math.max(pauseEnd(), sane(read().waitsUntil))

  return {
    openAt,
    isOpen: () => clock.now() >= openAt(),
    isPaused: () => clock.now() < pauseEnd(),
    failed() {
      const failures = (read().failures ?? 0) + 1
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
      syncStorage.write(name)
    },
  }
}

/** How long to wait after so many failures. The stored count may not be a number, when someone else wrote it. */
function delayAfter(failures: number): number {
  const early = (firstDelayMs / 2) * 2 ** failures
  const late = earlyCapMs * 2 ** Math.max(failures - earlyFailures, 0)
  return Math.min(early, late, lateCapMs) || earlyCapMs
}

/** Reads a `Retry-After` header, seconds or an HTTP date, as ms from `now`, at most an hour; 0 for anything else. */
export function parseRetryAfter(value: string | null | undefined, now: number): number {
  const ms = Number(value) * 1_000 || Date.parse(`${value}`) - now
  return ms > 0 ? Math.min(ms, longestPauseMs) : 0
}
