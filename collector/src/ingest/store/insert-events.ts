/** Inserts new events as rows of `events`. Values that equal those of the session are null, which means "as its session". */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { storedName, storedTitle } from '../stored-event.ts'
import type { PlacedEvent, SessionRow } from './place.ts'
import insertEventsSql from './sql/insert_events.sql?raw'

export async function insertEvents(tx: Queries, events: readonly PlacedEvent[]): Promise<void> {
  await runRows(tx, eventInsert, events)
}

export const eventInsert = rowStatement<PlacedEvent>(insertEventsSql, {
  website_id: ({ owned }) => owned.customer.websiteId,
  id: ({ owned }) => owned.id,
  session_id: ({ session }) => session?.id ?? null,
  customer_id: ({ owned }) => owned.customer.id,
  ingestion_token_id: ({ owned, session }) => unless(tokenOf(session), owned.event.request.token.id),
  occurred_at: ({ owned }) => owned.event.occurredAt,
  revenue_cents: ({ owned }) => owned.event.wire.revenue_cents ?? null,
  idempotency_key: ({ owned }) => owned.event.key,
  schema_version: ({ owned }) => unless(1, owned.event.wire.schema_version ?? 1),
  type: ({ owned }) => owned.event.wire.type,
  name: ({ owned }) => storedName(owned.event.wire),
  url: ({ owned }) => owned.event.url,
  title: ({ owned }) => storedTitle(owned.event.wire),
  currency: ({ owned }) => owned.event.wire.currency ?? null,
  sdk_version: ({ owned, session }) => unless(sdkOf(session), owned.event.request.sdkVersion),
  props: ({ owned }) => owned.event.props,
  ad_cookies: ({ owned }) => jsonOf(owned.event.wire.ad_cookies),
  conversion_flag: ({ owned }) => owned.event.wire.conversion ?? null,
  conversion_id: ({ owned }) => owned.event.wire.conversion_id ?? null,
})

/** Null if the value equals the known one. */
const unless = <Value>(known: Value | undefined, value: Value): Value | null =>
  value === known ? null : value

// A session has the values of the event that opened it.
const tokenOf = (session: SessionRow | undefined) =>
  session && (session.stored ? session.stored.tokenId : session.opener.event.request.token.id)

const sdkOf = (session: SessionRow | undefined) =>
  session && (session.stored ? session.stored.sdkVersion : session.opener.event.request.sdkVersion)

function jsonOf(cookies: Record<string, string> = {}): string | null {
  return Object.keys(cookies).length > 0 ? JSON.stringify(cookies) : null
}
