/** Decides when the next request may go: the own back-off after failures, and what the collector asked for. */
import type { Clock, Ids } from './ports.ts'

const firstDelayMs = 1_000
/** In the first minute: an outage of 8 s costs four requests. */
const earlyCapMs = 4_000
const earlyMs = 60_000
/** Afterwards, and when an answer promises nothing soon. */
const lateCapMs = 300_000
/** A `Retry-After` of days would be as good as switching the SDK off. */
const retryAfterCapMs = 3_600_000
/** ±20 %, so that pages which failed together do not come back together. */
const jitter = 0.2

export interface Pace {
  isOpen(): boolean
  /** Epoch ms from which on requests may go; Infinity: not before `restart`. */
  openAt(): number
  /** Forgets the own back-off, for there is a reason to try now; what the collector asked for still holds. */
  hurry(): void
  restart(): void
  failed(retryAfterMs?: number): void
  hold(): void
  stop(): void
}

export function createPace(clock: Clock, ids: Ids): Pace {
  let delayMs = 0
  let failingSince = 0
  let backoffUntil = 0
  let forbiddenUntil = 0

  const openAt = () => Math.max(backoffUntil, forbiddenUntil)

  function failed(retryAfterMs = 0): void {
    const now = clock.now()
    if (delayMs === 0) failingSince = now
    delayMs = Math.min(delayMs * 2 || firstDelayMs, now - failingSince < earlyMs ? earlyCapMs : lateCapMs)
    if (retryAfterMs > 0) forbiddenUntil = now + Math.min(retryAfterMs, retryAfterCapMs)
    else backoffUntil = now + delayMs * (1 + jitter * (2 * ids.random() - 1))
  }

  return {
    isOpen: () => clock.now() >= openAt(),
    openAt,
    hurry() {
      backoffUntil = 0
    },
    restart() {
      delayMs = backoffUntil = forbiddenUntil = 0
    },
    failed,
    hold() {
      forbiddenUntil = clock.now() + lateCapMs
    },
    stop() {
      forbiddenUntil = Number.POSITIVE_INFINITY
    },
  }
}

/** Reads a `Retry-After` header, seconds or an HTTP date, as ms from `now`; undefined when it says nothing. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (!value) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now
  return ms > 0 ? ms : undefined
}
