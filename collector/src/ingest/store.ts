/** Step 7, store: one transaction for a group of requests, from their keys to their counts. */
import type { Verdict } from '@headwater/contract'
import claimEventKeys from '../../sql/claim_event_keys.sql?raw'
import insertEvents from '../../sql/insert_events.sql?raw'
import lockCustomers from '../../sql/lock_customers.sql?raw'
import refreshCustomerTouches from '../../sql/refresh_customer_touches.sql?raw'
import selectStoredKeys from '../../sql/select_stored_keys.sql?raw'
import upsertClientStreams from '../../sql/upsert_client_streams.sql?raw'
import upsertRejectedEvents from '../../sql/upsert_rejected_events.sql?raw'
import upsertSessions from '../../sql/upsert_sessions.sql?raw'
import upsertTouches from '../../sql/upsert_touches.sql?raw'
import { type Conversion, storeConversions } from '../credit/store-conversions.ts'
import type { Queries } from '../db/db.ts'
import { type Columns, queryRows } from '../db/rows.ts'
import { type IdentifiedEvent, resolveCustomers } from '../identity/customers.ts'
import type { Secrets } from '../secrets.ts'
import type { OriginIds } from './dimensions.ts'
import {
  type IngestEvent,
  type IngestRequest,
  isRejected,
  type Judged,
  type Origin,
  type RejectedEvent,
} from './event.ts'
import { eventColumns, type OwnedEvent, type PlacedEvent } from './event-rows.ts'
import { rejectionColumns } from './rejection.ts'
import { type SessionRow, sessionColumns, sessionKey, sessionsOf } from './session-rows.ts'
import { streamColumns, streamsOf } from './stream-rows.ts'
import { touchColumns, touchesOf } from './touch-rows.ts'
import { recordUsages } from './usage.ts'

export type Verdicts = Map<Judged, Verdict>

/** What became of a group; valid only once its transaction has committed. */
export interface StoredGroup {
  verdicts: Verdicts
  /** Stored events whose conversion counts already, under the same name and conversion id. */
  repeatedConversions: Set<Judged>
}

/** The batches of a group, after the pure steps. */
export interface Group {
  requests: IngestRequest[]
  judged: Judged[]
  originIds: Map<Origin, OriginIds>
}

export async function storeGroup(
  tx: Queries,
  { requests, judged, originIds }: Group,
  secrets: Secrets,
): Promise<StoredGroup> {
  const verdicts = await judgeKeys(tx, judged)
  const claimed = await claimKeys(tx, eventsThatAre('accepted', verdicts))
  for (const event of eventsThatAre('accepted', verdicts))
    if (!claimed.has(event)) verdicts.set(event, 'duplicate')

  const placed = await placeEvents(tx, claimed, originIds)
  const rejected = lastCopies(eventsThatAre('rejected', verdicts))
  const [repeatedConversions] = await Promise.all([
    storeTouches(tx, placed, originIds).then(() => convert(tx, placed)),
    queryRows(tx, { sql: insertEvents, columns: eventColumns, rows: placed }),
    queryRows(tx, { sql: upsertRejectedEvents, columns: rejectionColumns(secrets), rows: rejected }),
    queryRows(tx, { sql: upsertClientStreams, columns: streamColumns, rows: streamsOf(verdicts) }),
    recordUsages(tx, requests, verdicts),
  ])
  return { verdicts, repeatedConversions }
}

/** Accepted events may be stored, rejected ones may not: the verdict says which kind each is. */
function eventsThatAre(wanted: 'accepted', verdicts: Verdicts): IngestEvent[]
function eventsThatAre(wanted: 'rejected', verdicts: Verdicts): RejectedEvent[]
function eventsThatAre(wanted: Verdict, verdicts: Verdicts): Judged[] {
  return [...verdicts].flatMap(([event, verdict]) => (verdict === wanted ? [event] : []))
}

interface Key {
  websiteId: string
  /** Undefined: it had none that could be read. */
  key: string | undefined
}

interface KeyRow {
  website_id: string
  idempotency_key: string
}

const keyOf = (event: Judged): Key => ({ websiteId: event.request.token.websiteId, key: event.key })
const nameOf = ({ websiteId, key }: Key) => `${websiteId} ${key}`
const nameOfRow = (row: KeyRow) => nameOf({ websiteId: row.website_id, key: row.idempotency_key })

const keyColumns: Columns<Key> = {
  website_id: ({ websiteId }) => websiteId,
  idempotency_key: ({ key }) => key ?? null,
}

/**
 * Copies are judged in order: the first valid one is stored, later ones are duplicates. A rejected one uses up nothing,
 * and is a duplicate itself when its key is stored already: keys outlive their events, and so are looked up before age.
 */
async function judgeKeys(tx: Queries, judged: Judged[]): Promise<Verdicts> {
  const keys = judged.filter(isRejected).map(keyOf)
  const stored = await queryRows<Key, KeyRow>(tx, { sql: selectStoredKeys, columns: keyColumns, rows: keys })
  const seen = new Set(stored.map(nameOfRow))
  const verdicts: Verdicts = new Map()
  for (const event of judged) {
    const name = nameOf(keyOf(event))
    if (seen.has(name)) verdicts.set(event, 'duplicate')
    else verdicts.set(event, isRejected(event) ? 'rejected' : 'accepted')
    if (!isRejected(event)) seen.add(name)
  }
  return verdicts
}

/** The events whose key was free, with the id that came with it. Sorted, so that all groups wait in one order. */
async function claimKeys(tx: Queries, events: IngestEvent[]): Promise<Map<IngestEvent, string>> {
  const keys = events.map(keyOf).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const claim = { sql: claimEventKeys, columns: keyColumns, rows: keys }
  const rows = await queryRows<Key, KeyRow & { event_id: string }>(tx, claim)
  const ids = new Map(rows.map((row) => [nameOfRow(row), row.event_id]))
  return new Map(
    events.flatMap((event) => {
      const id = ids.get(nameOf(keyOf(event)))
      return id === undefined ? [] : [[event, id] as const]
    }),
  )
}

/** Gives new events their customer, their session and the ids of where they came from. */
async function placeEvents(
  tx: Queries,
  claimed: Map<IngestEvent, string>,
  originIds: Map<Origin, OriginIds>,
): Promise<PlacedEvent[]> {
  if (claimed.size === 0) return []
  const { customerIds, identityId } = await resolveCustomers(tx, [...claimed.keys()].map(toIdentified))
  const owned = [...claimed].map(([event, id], i) => ({
    event,
    id,
    customerId: customerIds[i] as string, // one for each event
    visitorId: visitorOf(event, identityId),
    originIds: event.session && originIds.get(event.session.origin),
  }))
  // In id order, before anything hangs on them: of two groups with events of one customer, one sees what the other wrote.
  const [, sessions] = await Promise.all([
    queryRows(tx, { sql: lockCustomers, columns: customerColumns, rows: customersOf(owned) }),
    storeSessions(tx, sessionsOf(owned)),
  ])
  return owned.map((event) => ({ ...event, session: sessions.get(sessionKey(event) ?? 'none') }))
}

type IdentityId = Awaited<ReturnType<typeof resolveCustomers>>['identityId']

function visitorOf({ request, cookie, user }: IngestEvent, identityId: IdentityId): string | undefined {
  const identity = cookie ?? user
  return identity && identityId(request.token.websiteId, identity)
}

function toIdentified({
  request,
  occurredAt,
  cookie,
  user,
  others,
  emailHash,
}: IngestEvent): IdentifiedEvent {
  return { websiteId: request.token.websiteId, occurredAt, cookie, user, others, emailHash }
}

type StoredSession = Record<
  'website_id' | 'cookie_identity_id' | 'client_session_id' | 'id' | 'customer_id',
  string
>

/** By the name that `sessionKey` gives. */
async function storeSessions(
  tx: Queries,
  rows: SessionRow[],
): Promise<Map<string, { id: string; customerId: string }>> {
  const upsert = { sql: upsertSessions, columns: sessionColumns, rows }
  const stored = await queryRows<SessionRow, StoredSession>(tx, upsert)
  return new Map(
    stored.map(({ website_id, cookie_identity_id, client_session_id, id, customer_id }) => [
      `${website_id} ${cookie_identity_id} ${client_session_id}`,
      { id, customerId: customer_id },
    ]),
  )
}

interface CustomerRow {
  website_id: string
  customer_id: string
}

const customerColumns: Columns<CustomerRow> = {
  website_id: (row) => row.website_id,
  customer_id: (row) => row.customer_id,
}

function customersOf(events: OwnedEvent[]): CustomerRow[] {
  return once(
    events.map(({ event, customerId }) => ({
      website_id: event.request.token.websiteId,
      customer_id: customerId,
    })),
  )
}

function once(rows: CustomerRow[]): CustomerRow[] {
  return [...new Map(rows.map((row) => [`${row.website_id} ${row.customer_id}`, row])).values()]
}

async function storeTouches(
  tx: Queries,
  placed: PlacedEvent[],
  originIds: Map<Origin, OriginIds>,
): Promise<void> {
  const upsert = { sql: upsertTouches, columns: touchColumns, rows: touchesOf(placed, originIds) }
  const touchers = await queryRows<(typeof upsert.rows)[number], CustomerRow>(tx, upsert)
  await queryRows(tx, { sql: refreshCustomerTouches, columns: customerColumns, rows: once(touchers) })
}

/** Stores the conversions among the events; answers with those that count already. */
async function convert(tx: Queries, placed: PlacedEvent[]): Promise<Set<Judged>> {
  const converting = placed.filter(({ event }) => event.wire.conversion)
  const stored = await storeConversions(tx, converting.map(toConversion))
  return new Set(converting.flatMap(({ id, event }) => (stored.has(id) ? [] : [event])))
}

function toConversion({ event, id, customerId, session }: PlacedEvent): Conversion {
  const { wire, request, occurredAt } = event
  return {
    websiteId: request.token.websiteId,
    customerId,
    sessionId: session?.id ?? null,
    eventId: id,
    name: wire.name ?? wire.type,
    conversionId: wire.conversion_id ?? null,
    occurredAt,
    valueCents: wire.revenue_cents ?? null,
    currency: wire.currency ?? null,
  }
}

/** A statement may touch a row once: of several rejected copies the last is kept. Sorted, as everything that waits. */
function lastCopies(rejected: RejectedEvent[]): RejectedEvent[] {
  const kept = new Map(
    rejected.map((event) => [event.key === undefined ? event : nameOf(keyOf(event)), event]),
  )
  return [...kept.values()].sort((a, b) => (nameOf(keyOf(a)) < nameOf(keyOf(b)) ? -1 : 1))
}
