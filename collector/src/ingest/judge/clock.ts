/** Step 2, correct clock: when a sender's clock is wrong, its times are moved by the difference. */
import { defaultSessionRules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'

/** A difference up to this is taken for the time on the wire, not for a wrong clock. */
const toleranceMs = 5_000

/** Clocks differ within the tolerance, and batches wait: an event this far ahead is taken to have happened on receipt. */
const aheadMs = 60_000

/** No session lasts longer than 24 hours. */
const { maxMs } = defaultSessionRules

/** A session that began longer ago than this did not: 30 parts, the days for which events are taken by default. */
const maxParts = 30

/** The times of an event, epoch ms, in the collector's time. */
export interface EventTimes {
  occurredAt: number
  /** Within 24 hours before the event: of a session that lasts longer, the start of the part that the event is in. */
  sessionStartedAt: number
  /** Which part that is: 1 for the second 24 hours of a session. Absent in the first. */
  sessionPart?: number
  /** Of its earlier touches, in their order. */
  touchedAt: number[]
}

/** What to add to the sender's times. */
export function clockOffset(receivedAt: number, sentAt: number | undefined): number {
  if (sentAt === undefined) return 0
  const difference = receivedAt - sentAt
  return Math.abs(difference) > toleranceMs ? difference : 0
}

/** Reads the times of an event. What lies slightly ahead is taken to have happened now. */
export function correctClock(wire: WireEvent, offsetMs: number, receivedAt: number): EventTimes {
  const read = (time: string) => {
    const said = Date.parse(time) + offsetMs
    return said > receivedAt && said <= receivedAt + aheadMs ? receivedAt : said
  }
  const occurredAt = read(wire.occurred_at)
  const startedAt = wire.session ? Date.parse(wire.session.started_at) + offsetMs : occurredAt
  return {
    occurredAt,
    ...partAt(Math.min(startedAt, occurredAt), occurredAt),
    touchedAt: wire.touches?.map(({ occurred_at }) => read(occurred_at)) ?? [],
  }
}

/** Exactly 24 hours after its start an event still belongs to the first part, as by the rule of sessions. */
function partAt(startedAt: number, occurredAt: number): Pick<EventTimes, 'sessionStartedAt' | 'sessionPart'> {
  const part = Math.ceil((occurredAt - startedAt) / maxMs) - 1
  if (part <= 0) return { sessionStartedAt: startedAt }
  if (part > maxParts) return { sessionStartedAt: occurredAt }
  return { sessionStartedAt: startedAt + part * maxMs, sessionPart: part }
}
