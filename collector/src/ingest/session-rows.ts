/** Step 6, to rows: what events add to their sessions, as rows of `sessions_tracking`. */
import { type Columns, toInstant } from '../db/rows.ts'
import type { EventSession } from './event.ts'
import { type OwnedEvent, originColumns } from './event-rows.ts'

export interface SessionRow {
  /** The event that opens the session, if nothing has. */
  opener: OwnedEvent
  visitorId: string
  session: EventSession
  originIds: OwnedEvent['originIds']
  startedAt: number
  endedAt: number
  views: number
}

/** Names a session in its table; undefined for an event without a session, or without anybody it could belong to. */
export function sessionKey({ event, visitorId }: OwnedEvent): string | undefined {
  if (!event.session || visitorId === undefined) return undefined
  return `${event.request.token.websiteId} ${visitorId} ${event.session.clientId}`
}

/** One row a session, sorted, so that all groups lock them in one order. */
export function sessionsOf(events: OwnedEvent[]): SessionRow[] {
  const sessions = new Map<string, SessionRow>()
  for (const owned of events) {
    const key = sessionKey(owned)
    if (key !== undefined) sessions.set(key, merge(sessions.get(key), openRow(owned)))
  }
  return [...sessions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function openRow(opener: OwnedEvent): SessionRow {
  const { event, visitorId, originIds } = opener
  const session = event.session as EventSession // sessionKey has seen that both are there
  const { occurredAt: endedAt, wire } = event
  const views = wire.type === 'page' || wire.type === 'screen' ? 1 : 0
  return {
    opener,
    visitorId: visitorId as string,
    session,
    originIds,
    startedAt: session.startedAt,
    endedAt,
    views,
  }
}

/** The landing is told by the first row that knows it, as in the statement. */
function merge(row: SessionRow | undefined, next: SessionRow): SessionRow {
  if (!row) return next
  const { session, originIds } =
    row.session.landingUrl === null && next.session.landingUrl !== null ? next : row
  return {
    ...row,
    session,
    originIds,
    startedAt: Math.min(row.startedAt, next.startedAt),
    endedAt: Math.max(row.endedAt, next.endedAt),
    views: row.views + next.views,
  }
}

export const sessionColumns: Columns<SessionRow> = {
  website_id: ({ opener }) => opener.event.request.token.websiteId,
  customer_id: ({ opener }) => opener.customerId,
  cookie_identity_id: ({ visitorId }) => visitorId,
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
