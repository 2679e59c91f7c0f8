/** Step 6, to rows: an event with its customer and session, as a row of `events`. */
import { type Columns, toInstant } from '@headwater/db/columns'
import type { IdentityKey } from '../../identity/resolve.ts'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventSession, EventTouch, IngestEvent, JournalTouch } from '../event.ts'

/** An event with its customer. */
export interface OwnedEvent {
  event: IngestEvent
  id: string
  customerId: string
  /** The user id of its customer; null: anonymous so far. */
  customerUser: IdentityKey | null
  /** Whose its session is: the identity of its cookie, else of its user id. Undefined: it has neither. */
  visitorId: string | undefined
}

/** An event with its visit. */
export interface VisitingEvent extends OwnedEvent {
  /** Told by its client, or given by the rule; undefined: it belongs to none. */
  visit: EventSession | undefined
  /** Of its visit. */
  originIds: OriginIds | undefined
  touches: EventTouch[]
  journal: JournalTouch[]
}

/** A session as it stands in its table. */
export interface StoredSession {
  id: string
  /** Need not be that of its events: it stays with whoever opened it. */
  customerId: string
}

/** An event with its session too, and with those of its journal. */
export interface PlacedEvent extends Omit<VisitingEvent, 'journal'> {
  session: StoredSession | undefined
  journal: PlacedTouch[]
}

export interface PlacedTouch {
  touch: EventTouch
  session: StoredSession | undefined
}

/** The seven references to the dimension tables, the same in `events`, `sessions_tracking` and `touches`. */
export const originColumns: Columns<{ originIds: OriginIds | undefined }> = {
  utm_source_id: ({ originIds }) => originIds?.source ?? null,
  utm_medium_id: ({ originIds }) => originIds?.medium ?? null,
  utm_campaign_id: ({ originIds }) => originIds?.campaign ?? null,
  utm_term_id: ({ originIds }) => originIds?.term ?? null,
  utm_content_id: ({ originIds }) => originIds?.content ?? null,
  referrer_domain_id: ({ originIds }) => originIds?.referrerDomain ?? null,
  landing_page_id: ({ originIds }) => originIds?.landingPage ?? null,
}

export const eventColumns: Columns<PlacedEvent> = {
  website_id: ({ event }) => event.request.token.websiteId,
  id: ({ id }) => id,
  session_id: ({ session }) => session?.id ?? null,
  customer_id: ({ customerId }) => customerId,
  type: ({ event }) => event.wire.type,
  name: ({ event }) => event.wire.name ?? event.wire.type,
  occurred_at: ({ event }) => toInstant(event.occurredAt),
  url: ({ event }) => event.url,
  title: ({ event }) => event.wire.title ?? null,
  props: ({ event }) => event.props,
  revenue_cents: ({ event }) => event.wire.revenue_cents ?? null,
  currency: ({ event }) => event.wire.currency ?? null,
  idempotency_key: ({ event }) => event.key,
  ingestion_token_id: ({ event }) => event.request.token.id,
  schema_version: ({ event }) => event.wire.schema_version ?? 1,
  sdk_version: ({ event }) => event.request.sdkVersion,
  ...originColumns,
  ad_cookies: ({ event }) => jsonOf(event.wire.ad_cookies),
}

function jsonOf(cookies: Record<string, string> = {}): string | null {
  return Object.keys(cookies).length > 0 ? JSON.stringify(cookies) : null
}
