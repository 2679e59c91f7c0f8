/** Step 7, store: one transaction for a group of requests, from their keys to their counts. */
import type { Verdict } from '@headwater/contract'
import { queryRows } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { Conversion } from '../../credit/conversion.ts'
import { convert } from '../../credit/convert.ts'
import type { Secrets } from '../../secrets.ts'
import type { OriginIds } from '../commit/dimensions.ts'
import type { IngestEvent, IngestRequest, Judged, Origin, RejectedEvent } from '../event.ts'
import { rejectionColumns } from '../judge/rejection.ts'
import { type CustomerRow, customerColumns, once } from './customer-rows.ts'
import { eventColumns, type PlacedEvent } from './event-rows.ts'
import { claimKeys, judgeKeys, nameOfKey, type Verdicts } from './keys.ts'
import { placeEvents } from './place.ts'
import insertEvents from './sql/insert_events.sql?raw'
import refreshCustomerTouches from './sql/refresh_customer_touches.sql?raw'
import upsertClientStreams from './sql/upsert_client_streams.sql?raw'
import upsertRejectedEvents from './sql/upsert_rejected_events.sql?raw'
import upsertTouches from './sql/upsert_touches.sql?raw'
import { streamColumns, streamsOf } from './stream-rows.ts'
import { touchColumns, touchesOf } from './touch-rows.ts'
import { recordUsages } from './usage.ts'

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
    storeTouches(tx, placed, originIds).then(() => storeConversions(tx, placed)),
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
async function storeConversions(tx: Queries, placed: PlacedEvent[]): Promise<Set<Judged>> {
  const converting = placed.filter(({ event }) => event.wire.conversion)
  const stored = await convert(tx, converting.map(toConversion))
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
    rules: request.token.settings,
  }
}

/** A statement may touch a row once: of several rejected copies the last is kept. Sorted, as everything that waits. */
function lastCopies(rejected: RejectedEvent[]): RejectedEvent[] {
  const kept = new Map(rejected.map((event) => [event.key === undefined ? event : nameOfKey(event), event]))
  return [...kept.values()].sort((a, b) => (nameOfKey(a) < nameOfKey(b) ? -1 : 1))
}
