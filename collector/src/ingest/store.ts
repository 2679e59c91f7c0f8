/** Step 7, store: one transaction for a group of requests, from their keys to their counts. */
import claimEventKeys from '../../sql/claim_event_keys.sql?raw'
import insertEvents from '../../sql/insert_events.sql?raw'
import insertTokenUsages from '../../sql/insert_token_usages.sql?raw'
import refreshCustomerTouches from '../../sql/refresh_customer_touches.sql?raw'
import selectStoredKeys from '../../sql/select_stored_keys.sql?raw'
import upsertRejectedEvents from '../../sql/upsert_rejected_events.sql?raw'
import upsertSessions from '../../sql/upsert_sessions.sql?raw'
import upsertTouches from '../../sql/upsert_touches.sql?raw'
import { storeConversions } from '../credit/store-conversions.ts'
import { columns } from '../db/array-literal.ts'
import type { Queries } from '../db/db.ts'
import { resolveCustomers } from '../identity/customers.ts'
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
import {
  eventColumns,
  type PlacedEvent,
  rejectionColumns,
  type SessionRow,
  sessionColumns,
  sessionKey,
  sessionsOf,
  touchColumns,
  touchesOf,
  usageColumns,
} from './rows.ts'

/** What became of an event of a group. */
export type Outcome = 'accepted' | 'duplicate' | 'rejected' | 'conversion_duplicate'

export type Outcomes = Map<Judged, Outcome>

/** Stores what is new of a group and says what became of each of its events; valid only once the transaction has committed. */
export async function storeGroup(
  tx: Queries,
  group: { requests: IngestRequest[]; judged: Judged[]; originIds: Map<Origin, OriginIds>; secrets: Secrets },
): Promise<Outcomes> {
  const outcomes = await judgeKeys(tx, group.judged)
  const rejected = group.judged.filter((event): event is RejectedEvent => outcomes.get(event) === 'rejected')
  const placed = await placeEvents(tx, await claimKeys(tx, group.judged, outcomes), group.originIds)

  await storeIfAny(tx, insertEvents, placed, (events) => columns(events, ...eventColumns))
  await storeTouches(tx, placed, group.originIds)
  for (const event of await storeConversions(tx, placed)) outcomes.set(event, 'conversion_duplicate')
  await storeIfAny(tx, upsertRejectedEvents, lastCopies(rejected), (events) =>
    columns(events, ...rejectionColumns(group.secrets)),
  )
  await tx.query(insertTokenUsages, columns(countOutcomes(group.requests, outcomes), ...usageColumns))
  return outcomes
}

async function storeIfAny<Row>(
  tx: Queries,
  sql: string,
  rows: Row[],
  toParams: (rows: Row[]) => string[],
): Promise<void> {
  if (rows.length > 0) await tx.query(sql, toParams(rows))
}

const keyOf = (event: Judged) => `${event.request.token.websiteId} ${event.key}`

/**
 * Copies are judged in order: the first valid one is stored, later ones are duplicates. A rejected one uses up nothing,
 * and is a duplicate itself when its key is stored already: keys outlive their events, and so are looked up before age.
 */
async function judgeKeys(tx: Queries, judged: Judged[]): Promise<Outcomes> {
  const seen = await storedKeys(tx, judged.filter(isRejected))
  const outcomes: Outcomes = new Map()
  for (const event of judged) {
    if (event.key !== undefined && seen.has(keyOf(event))) outcomes.set(event, 'duplicate')
    else outcomes.set(event, isRejected(event) ? 'rejected' : 'accepted')
    if (!isRejected(event)) seen.add(keyOf(event))
  }
  return outcomes
}

async function storedKeys(tx: Queries, rejected: RejectedEvent[]): Promise<Set<string>> {
  const keyed = rejected.filter(({ key }) => key !== undefined)
  if (keyed.length === 0) return new Set()
  const rows = await tx.query<{ website_id: string; idempotency_key: string }>(
    selectStoredKeys,
    columns(
      keyed,
      (event) => event.request.token.websiteId,
      (event) => event.key ?? null,
    ),
  )
  return new Set(rows.map((row) => `${row.website_id} ${row.idempotency_key}`))
}

/** The events that are new, with their ids; the others become duplicates. */
async function claimKeys(
  tx: Queries,
  judged: Judged[],
  outcomes: Outcomes,
): Promise<{ event: IngestEvent; id: string }[]> {
  const candidates = judged.filter((event): event is IngestEvent => outcomes.get(event) === 'accepted')
  if (candidates.length === 0) return []
  const sorted = [...candidates].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const rows = await tx.query<{ website_id: string; idempotency_key: string; event_id: string }>(
    claimEventKeys,
    columns(
      sorted,
      (event) => event.request.token.websiteId,
      (event) => event.key,
    ),
  )
  const ids = new Map(rows.map((row) => [`${row.website_id} ${row.idempotency_key}`, row.event_id]))
  for (const event of candidates) if (!ids.has(keyOf(event))) outcomes.set(event, 'duplicate')
  return candidates.flatMap((event) => {
    const id = ids.get(keyOf(event))
    return id === undefined ? [] : [{ event, id }]
  })
}

/** Gives new events their customer, their session and the ids of where they came from. */
async function placeEvents(
  tx: Queries,
  claimed: { event: IngestEvent; id: string }[],
  originIds: Map<Origin, OriginIds>,
): Promise<PlacedEvent[]> {
  if (claimed.length === 0) return []
  const { customerIds, identityId } = await resolveCustomers(
    tx,
    claimed.map(({ event }) => event),
  )
  const owned = claimed.map(({ event, id }, i) => ({
    event,
    id,
    customerId: customerIds[i] as string, // one for each event
    cookieId: event.cookie && identityId(event.request.token.websiteId, event.cookie),
    originIds: event.session && originIds.get(event.session.origin),
  }))
  const sessions = await storeSessions(tx, sessionsOf(owned))
  return owned.map((event) => ({ ...event, session: sessions.get(sessionKey(event) ?? '') }))
}

async function storeSessions(
  tx: Queries,
  sessions: SessionRow[],
): Promise<Map<string, { id: string; customerId: string }>> {
  if (sessions.length === 0) return new Map()
  const rows = await tx.query<
    Record<'website_id' | 'cookie_identity_id' | 'client_session_id' | 'id' | 'customer_id', string>
  >(upsertSessions, columns(sessions, ...sessionColumns))
  return new Map(
    rows.map((row) => [
      `${row.website_id} ${row.cookie_identity_id} ${row.client_session_id}`,
      { id: row.id, customerId: row.customer_id },
    ]),
  )
}

async function storeTouches(
  tx: Queries,
  placed: PlacedEvent[],
  originIds: Map<Origin, OriginIds>,
): Promise<void> {
  const touches = touchesOf(placed, originIds)
  if (touches.length === 0) return
  const moved = await tx.query<{ website_id: string; customer_id: string }>(
    upsertTouches,
    columns(touches, ...touchColumns),
  )
  if (moved.length === 0) return
  const customers = [...new Map(moved.map((row) => [`${row.website_id} ${row.customer_id}`, row])).values()]
  await tx.query(
    refreshCustomerTouches,
    columns(
      customers,
      (row) => row.website_id,
      (row) => row.customer_id,
    ),
  )
}

/** A statement may touch a row once: of several rejected copies the last is kept. */
function lastCopies(rejected: RejectedEvent[]): RejectedEvent[] {
  const kept = new Map(rejected.map((event) => [event.key === undefined ? event : keyOf(event), event]))
  return [...kept.values()]
}

function countOutcomes(requests: IngestRequest[], outcomes: Outcomes) {
  const counts = new Map(
    requests.map((request) => [request, { request, received: 0, stored: 0, duplicate: 0, rejected: 0 }]),
  )
  for (const [event, outcome] of outcomes) {
    const count = counts.get(event.request)
    if (!count) continue
    count.received += 1
    if (outcome === 'duplicate' || outcome === 'rejected') count[outcome] += 1
    else count.stored += 1
  }
  return [...counts.values()]
}
