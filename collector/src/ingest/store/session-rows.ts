/** Step 6, to rows: what events add to their sessions, as rows of `sessions_tracking`. */
import { type Columns, toInstant } from '@headwater/db/columns'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventSession, Origin } from '../event.ts'
import { type OwnedEvent, originColumns, type VisitingEvent } from './event-rows.ts'

export interface SessionRow {
  /** The event that opens the session, if nothing has. */
  opener: VisitingEvent
  session: EventSession
  originIds: VisitingEvent['originIds']
  startedAt: number
  endedAt: number
  views: number
}

/** Names a session in its table; undefined for no visit, and for one of nobody it could belong to. */
export function sessionKey(
  { event, visitorId }: OwnedEvent,
  visit: EventSession | undefined,
): string | undefined {
  if (!visit || visitorId === undefined) return undefined
  return `${event.request.token.websiteId} ${visitorId} ${visit.clientId}`
}

/** One row a session, sorted, so that all groups lock them in one order. */
export function sessionsOf(events: VisitingEvent[], originIds: Map<Origin, OriginIds>): SessionRow[] {
  const sessions = new Map<string, SessionRow>()
  const add = (row: SessionRow) => {
    const key = sessionKey(row.opener, row.session)
    if (key === undefined) return
    const known = sessions.get(key)
    if (known) merge(known, row)
    else sessions.set(key, row)
  }
  for (const event of events) {
    if (event.visit) add(rowOf(event, event.visit))
    for (const { visit } of event.journal) add(journalRow(event, visit, originIds))
  }
  return [...sessions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function rowOf(opener: VisitingEvent, session: EventSession): SessionRow {
  const { event, originIds } = opener
  const { startedAt } = session
  const endedAt = Math.max(event.occurredAt, startedAt) // one that the rule gives its visit may come before it
  const views = event.wire.type === 'page' || event.wire.type === 'screen' ? 1 : 0
  return { opener, session, originIds, startedAt, endedAt, views }
}

/** Of a visit in a journal only the beginning is known. */
function journalRow(
  opener: VisitingEvent,
  session: EventSession,
  originIds: Map<Origin, OriginIds>,
): SessionRow {
  const { startedAt, origin } = session
  return { opener, session, originIds: originIds.get(origin), startedAt, endedAt: startedAt, views: 0 }
}

/** The landing is told by the first row that knows it, as in the statement; the session is its opener's, wherever that stands. */
function merge(row: SessionRow, next: SessionRow): void {
  if (opens(next)) row.opener = next.opener
  if (row.session.landingUrl === null && next.session.landingUrl !== null) {
    row.session = next.session
    row.originIds = next.originIds
  }
  row.startedAt = Math.min(row.startedAt, next.startedAt)
  row.endedAt = Math.max(row.endedAt, next.endedAt)
  row.views += next.views
}

/** A session is named after the event that opens it, by our SDKs and by the collector. */
const opens = ({ opener, session }: SessionRow): boolean => opener.event.key === session.clientId

export const sessionColumns: Columns<SessionRow> = {
  website_id: ({ opener }) => opener.event.request.token.websiteId,
  customer_id: ({ opener }) => opener.customerId,
  cookie_identity_id: ({ opener }) => opener.visitorId ?? null,
  client_session_id: ({ session }) => session.clientId,
  started_at: ({ startedAt }) => toInstant(startedAt),
  ended_at: ({ endedAt }) => toInstant(endedAt),
  view_count: ({ views }) => views,
  ...originColumns,
  landing_url: ({ session }) => session.landingUrl,
  referrer_url: ({ session }) => session.referrerUrl,
  ip: ({ opener }) => opener.event.request.ip,
  user_agent: ({ opener }) => opener.event.request.userAgent,
  is_bot: ({ opener }) => opener.event.request.isBot,
}
