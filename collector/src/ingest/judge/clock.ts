/** Corrects times: if a sender's clock is wrong, its times are shifted by the difference. */
import { defaultSessionRules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'

/** A difference up to this counts as network latency, not as a wrong clock. */
const toleranceMs = 5_000

/** An event up to this far ahead counts as happening on receipt: clocks differ within the tolerance, and batches wait. */
const aheadMs = 60_000

/** No session lasts longer than 24 hours. */
const { maxMs } = defaultSessionRules

/** A start more than this many parts ago is ignored: 30, the days for which events are accepted by default. */
const maxParts = 30

/** The times of an event, epoch ms, by the collector's clock. */
export interface EventTimes {
  occurredAt: number
  /** At most 24 hours before the event: in a longer session, the start of the part that contains the event. */
  sessionStartedAt: number
  /** The number of that part: 1 for the second 24 hours of a session. Absent in the first. */
  sessionPart?: number
  /** The times of its earlier touches, in order. */
  touchedAt: number[]
}

/** The milliseconds to add to the sender's times. */
export function clockOffset(receivedAt: number, sentAt: number | undefined): number {
  if (sentAt === undefined) return 0
  const difference = receivedAt - sentAt
  return Math.abs(difference) > toleranceMs ? difference : 0
}

/** Reads the times of an event. Times slightly ahead become the time of receipt. */
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

/** An event exactly 24 hours after the start still belongs to the first part, as in the session rules. */
function partAt(startedAt: number, occurredAt: number): Pick<EventTimes, 'sessionStartedAt' | 'sessionPart'> {
  const part = Math.ceil((occurredAt - startedAt) / maxMs) - 1
  if (part <= 0) return { sessionStartedAt: startedAt }
  if (part > maxParts) return { sessionStartedAt: occurredAt }
  return { sessionStartedAt: startedAt + part * maxMs, sessionPart: part }
}
