/** Step 2, correct clock: a sender whose clock is wrong has its times moved by the difference. */
import { defaultSessionRules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'

/** A difference up to this is taken for the time on the wire, not for a wrong clock. */
const toleranceMs = 5_000

/** Clocks differ within the tolerance, and batches wait: an event this far ahead is taken to have happened on receipt. */
const aheadMs = 60_000

/** The times of an event, epoch ms, in the collector's time. */
export interface EventTimes {
  occurredAt: number
  sessionStartedAt: number
  /** Of its journal, touch by touch. */
  touchedAt: number[]
}

/** What to add to the sender's times. */
export function clockOffset(receivedAt: number, sentAt: number | undefined): number {
  if (sentAt === undefined) return 0
  const difference = receivedAt - sentAt
  return Math.abs(difference) > toleranceMs ? difference : 0
}

/** Reads the times of an event. What lies slightly ahead has happened now; a session begins within a day before its event. */
export function correctClock(wire: WireEvent, offsetMs: number, receivedAt: number): EventTimes {
  const read = (time: string) => {
    const said = Date.parse(time) + offsetMs
    return said > receivedAt && said <= receivedAt + aheadMs ? receivedAt : said
  }
  const occurredAt = read(wire.occurred_at)
  const startedAt = wire.session ? Date.parse(wire.session.started_at) + offsetMs : occurredAt
  const earliest = occurredAt - defaultSessionRules.maxMs // no session lasts longer
  return {
    occurredAt,
    sessionStartedAt: Math.max(Math.min(startedAt, occurredAt), earliest),
    touchedAt: wire.touches?.map(({ occurred_at }) => read(occurred_at)) ?? [],
  }
}
