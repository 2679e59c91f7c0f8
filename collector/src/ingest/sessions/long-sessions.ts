/**
 * Splits sessions that clients report for more than 24 hours, with a new start each time. A single event does not show this;
 * the group and the stored sessions do.
 */
import { dayOf } from '@headwater/attribution/midnight'
import { defaultSessionRules } from '@headwater/attribution/session'
import type { Queries } from '@headwater/db/db'
import type { EventSession, IngestEvent } from '../event.ts'
import type { Assignment } from './assign-sessions.ts'
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
 * Assigns events that do not fit into the 24 hours of their session to its part for their day (UTC), which leaves no landing
 * touch, and adds the stored ones of these parts to `stored`. Changes no event: a transaction may be repeated without some of
 * them.
 */
export async function splitLongSessions(
  tx: Queries,
  events: readonly IngestEvent[],
  { reported, stored }: KnownSessions,
): Promise<Map<IngestEvent, Assignment>> {
  const long = reported.filter((session) => isTooLong(extend(spanOf(stored.get(session.key)), session)))
  const moved = new Map(long.flatMap((session) => split(session, events, stored.get(session.key))))
  if (moved.size === 0) return moved
  const inParts = [...moved].map(([event, { session }]) => ({ ...event, session }))
  const parts = await loadReported(tx, reportedSessions(inParts))
  for (const [key, session] of parts) stored.set(key, session)
  return moved
}

function split(
  { key }: ReportedSession,
  events: readonly IngestEvent[],
  stored: StoredSession | undefined,
): [IngestEvent, Assignment][] {
  const isOfSession = (event: IngestEvent) => {
    const visitor = visitorOf(event)
    return visitor && event.session && sessionKey(visitor, event.session.clientId) === key
  }
  const inOrder = events.filter(isOfSession).sort((a, b) => a.occurredAt - b.occurredAt)
  let span = spanOf(stored)
  return inOrder.flatMap((event): [IngestEvent, Assignment][] => {
    const { session, occurredAt } = event
    const whole = extend(span, { from: session?.startedAt ?? occurredAt, until: occurredAt })
    if (session && isTooLong(whole)) return [[event, partForDay(event, session)]]
    span = whole
    return []
  })
}

const spanOf = (stored: StoredSession | undefined): Span | undefined =>
  stored && { from: stored.startedAt, until: stored.endedAt }

function extend(span: Span | undefined, { from, until }: Span): Span {
  if (!span) return { from, until }
  return { from: Math.min(span.from, from), until: Math.max(span.until, until) }
}

const isTooLong = ({ from, until }: Span) => until - from > maxMs

function partForDay({ occurredAt, touches }: IngestEvent, session: EventSession): Assignment {
  return {
    session: partOf(session, dayOf(occurredAt, 'UTC'), occurredAt),
    touches: touches.filter(({ origin }) => origin !== session.origin), // without the landing touch
  }
}
