/**
 * Sessions that clients report for more than 24 hours, with a new start each time. One event does not show that; the group and
 * what is stored do.
 */
import { dayOf } from '@headwater/attribution/midnight'
import { defaultSessionRules } from '@headwater/attribution/session'
import type { Queries } from '@headwater/db/db'
import type { EventSession, IngestEvent } from '../event.ts'
import { loadReported, type StoredSession, sessionKey, visitorOf } from './known-sessions.ts'
import { partOf } from './session-parts.ts'

/** From the start of a session to its latest event, epoch ms. */
interface Span {
  from: number
  until: number
}

interface ReportedSpan extends Span {
  stored: Span | undefined
  events: IngestEvent[]
}

const { maxMs } = defaultSessionRules

/**
 * Moves events that do not fit into 24 hours of their session to the part of it for their day (UTC), which leaves no landing
 * touch. `stored` holds what is stored of the sessions, and afterwards of these parts.
 */
export async function splitLongSessions(
  tx: Queries,
  events: readonly IngestEvent[],
  stored: Map<string, StoredSession>,
): Promise<void> {
  const moved = reportedSpans(events, stored).filter(isTooLong).flatMap(split)
  if (moved.length === 0) return
  for (const [key, session] of await loadReported(tx, moved)) stored.set(key, session)
}

const isTooLong = ({ from, until }: Span) => until - from > maxMs

function reportedSpans(
  events: readonly IngestEvent[],
  stored: ReadonlyMap<string, StoredSession>,
): ReportedSpan[] {
  const byKey = new Map<string, ReportedSpan>()
  const byReport = new Map<EventSession, ReportedSpan>() // events that report a session alike share the object
  for (const event of events) {
    const { session, occurredAt } = event
    const visitor = visitorOf(event)
    if (!session || !visitor) continue
    let span = byReport.get(session)
    if (!span) {
      const key = sessionKey(visitor, session.clientId)
      span = byKey.get(key) ?? openSpan(session.startedAt, stored.get(key))
      byKey.set(key, span)
      byReport.set(session, span)
    }
    span.from = Math.min(span.from, session.startedAt)
    span.until = Math.max(span.until, occurredAt)
    span.events.push(event)
  }
  return [...byKey.values()]
}

function openSpan(startedAt: number, stored: StoredSession | undefined): ReportedSpan {
  if (!stored) return { from: startedAt, until: startedAt, stored: undefined, events: [] }
  const span = { from: stored.startedAt, until: stored.endedAt }
  return { ...span, stored: span, events: [] }
}

function split({ stored, events }: ReportedSpan): IngestEvent[] {
  const inOrder = events.toSorted((a, b) => a.occurredAt - b.occurredAt)
  let span = stored
  return inOrder.filter((event) => {
    const whole = extend(span, event)
    if (isTooLong(whole)) return moveToDay(event)
    span = whole
    return false
  })
}

function extend(span: Span | undefined, { session, occurredAt }: IngestEvent): Span {
  const startedAt = session?.startedAt ?? occurredAt
  if (!span) return { from: startedAt, until: occurredAt }
  return { from: Math.min(span.from, startedAt), until: Math.max(span.until, occurredAt) }
}

function moveToDay(event: IngestEvent): boolean {
  const { session, occurredAt, touches } = event
  if (!session) return false
  event.touches = touches.filter(({ origin }) => origin !== session.origin) // its landing's
  event.session = partOf(session, dayOf(occurredAt, 'UTC'), occurredAt)
  return true
}
