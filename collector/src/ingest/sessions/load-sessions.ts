/** Loads the visits that events without one may belong to, inside the transaction that stores them. */
import { defaultSessionRules } from '@headwater/attribution/session'
import { type Columns, queryRows, toInstant } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import { keyOf } from '../../identity/resolve.ts'
import type { OwnedEvent } from '../store/event-rows.ts'
import { type KnownVisit, type VisitorKey, visitorKey } from './assign-sessions.ts'
import selectVisits from './sql/select_sessions.sql?raw'

/** A visitor with the time of those events. */
interface Span {
  websiteId: string
  visitorId: string
  from: number
  until: number
}

interface VisitRow {
  website_id: string
  cookie_identity_id: string
  client_session_id: string
  started_at_ms: number
  ended_at_ms: number
  landing_url: string | null
  user_value_hash: string | null
  utm_source_id: string | null
  utm_medium_id: string | null
  utm_campaign_id: string | null
  utm_term_id: string | null
  utm_content_id: string | null
  referrer_domain_id: string | null
  landing_page_id: string | null
}

/** The rows of their cookies must be locked, so that of two groups one sees the other's visits. Asks nothing when no event needs it. */
export async function loadVisits(tx: Queries, events: readonly OwnedEvent[]): Promise<KnownVisit[]> {
  const rows = await queryRows<Span, VisitRow>(tx, {
    sql: selectVisits,
    columns: spanColumns,
    rows: spansOf(events),
  })
  return rows.map(readVisit)
}

function spansOf(events: readonly OwnedEvent[]): Span[] {
  const spans = new Map<VisitorKey, Span>()
  const { idleMs } = defaultSessionRules
  for (const { event, visitorId } of events) {
    if (!event.arrival || visitorId === undefined) continue
    const { websiteId } = event.request.token
    const [from, until] = [event.occurredAt - idleMs, event.occurredAt + idleMs]
    const known = spans.get(visitorKey(websiteId, visitorId)) ?? { websiteId, visitorId, from, until }
    spans.set(visitorKey(websiteId, visitorId), {
      ...known,
      from: Math.min(known.from, from),
      until: Math.max(known.until, until),
    })
  }
  return [...spans.values()]
}

const spanColumns: Columns<Span> = {
  website_id: ({ websiteId }) => websiteId,
  cookie_identity_id: ({ visitorId }) => visitorId,
  from: ({ from }) => toInstant(from),
  until: ({ until }) => toInstant(until),
}

function readVisit(row: VisitRow): KnownVisit {
  return {
    visitor: visitorKey(row.website_id, row.cookie_identity_id),
    clientId: row.client_session_id,
    startedAt: row.started_at_ms,
    lastSeenAt: row.ended_at_ms,
    landingUrl: row.landing_url,
    user: row.user_value_hash && keyOf(row.website_id, { type: 'user_id', hash: row.user_value_hash }),
    originIds: {
      source: row.utm_source_id,
      medium: row.utm_medium_id,
      campaign: row.utm_campaign_id,
      term: row.utm_term_id,
      content: row.utm_content_id,
      referrerDomain: row.referrer_domain_id,
      landingPage: row.landing_page_id,
    },
  }
}
