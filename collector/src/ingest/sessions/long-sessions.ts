/**
 * Splits sessions that clients report for more than 24 hours, with a new start each time. A single event does not show this;
 * the group and the stored sessions do.
 */
import { dayOf } from '@headwater/attribution/midnight'
import { defaultSessionRules } from '@headwater/attribution/session'
import type { Queries } from '@headwater/db/db'
import type { IngestEvent } from '../event.ts'
import {
  type KnownSessions,
  loadReported,
  type ReportedSession,
  reportedSessions,
  type StoredSession,
  sessionKey,
  visitorOf,
} from './known-sessions.ts'
import { partOf } from './session-parts.ts'

/** From the start of a session to its latest event, epoch ms. */
interface Span {
  from: number
  until: number
}

const { maxMs } = defaultSessionRules

/**
 * Moves events that do not fit into the 24 hours of their session to its part for their day (UTC), which leaves no landing
 * touch, and adds the stored ones of these parts to `stored`.
 */
export async function splitLongSessions(
  tx: Queries,
  events: readonly IngestEvent[],
  { reported, stored }: KnownSessions,
): Promise<void> {
  const long = reported.filter((session) => isTooLong(extend(spanOf(stored.get(session.key)), session)))
  if (long.length === 0) return
  const moved = long.flatMap((session) => split(session, events, stored.get(session.key)))
  const parts = await loadReported(tx, reportedSessions(moved))
  for (const [key, session] of parts) stored.set(key, session)
}

function split(
  { key }: ReportedSession,
  events: readonly IngestEvent[],
  stored: StoredSession | undefined,
): IngestEvent[] {
  const isOfSession = (event: IngestEvent) => {
    const visitor = visitorOf(event)
    return visitor && event.session && sessionKey(visitor, event.session.clientId) === key
  }
  const inOrder = events.filter(isOfSession).sort((a, b) => a.occurredAt - b.occurredAt)
  let span = spanOf(stored)
  return inOrder.filter((event) => {
    const { session, occurredAt } = event
    const whole = extend(span, { from: session?.startedAt ?? occurredAt, until: occurredAt })
    if (isTooLong(whole)) return moveToDay(event)
    span = whole
    return false
  })
}

const spanOf = (stored: StoredSession | undefined): Span | undefined =>
  stored && { from: stored.startedAt, until: stored.endedAt }

function extend(span: Span | undefined, { from, until }: Span): Span {
  if (!span) return { from, until }
  return { from: Math.min(span.from, from), until: Math.max(span.until, until) }
}

const isTooLong = ({ from, until }: Span) => until - from > maxMs

function moveToDay(event: IngestEvent): boolean {
  const { session, occurredAt, touches } = event
  if (!session) return false
  event.touches = touches.filter(({ origin }) => origin !== session.origin) // without the landing touch
  event.session = partOf(session, dayOf(occurredAt, 'UTC'), occurredAt)
  return true
}
