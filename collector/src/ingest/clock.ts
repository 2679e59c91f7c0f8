/** Step 2, correct clock: a sender whose clock is wrong has its times moved by the difference. */
import type { WireEvent } from '@headwater/contract'

/** A difference up to this is taken for the time on the wire, not for a wrong clock. */
const toleranceMs = 5_000

/** The times of an event, epoch ms, in the collector's time. */
export interface EventTimes {
  occurredAt: number
  sessionStartedAt: number
}

/** What to add to the sender's times. */
export function clockOffset(receivedAt: number, sentAt: number | undefined): number {
  if (sentAt === undefined) return 0
  const difference = receivedAt - sentAt
  return Math.abs(difference) > toleranceMs ? difference : 0
}

/** Reads the times of an event; a session cannot begin after its own event. */
export function correctClock(wire: WireEvent, offsetMs: number): EventTimes {
  const occurredAt = Date.parse(wire.occurred_at) + offsetMs
  const startedAt = wire.session ? Date.parse(wire.session.started_at) + offsetMs : occurredAt
  return { occurredAt, sessionStartedAt: Math.min(startedAt, occurredAt) }
}
