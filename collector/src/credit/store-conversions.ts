/** Stores the conversions among new events, each credited to the touches that led to it. */
import { type CreditTouch, credit } from '@headwater/attribution/credit'
import insertConversions from '../../sql/insert_conversions.sql?raw'
import insertCredits from '../../sql/insert_credits.sql?raw'
import lockCustomers from '../../sql/lock_customers.sql?raw'
import selectTouches from '../../sql/select_touches.sql?raw'
import { columns } from '../db/array-literal.ts'
import type { Queries } from '../db/db.ts'
import type { Judged } from '../ingest/event.ts'
import type { PlacedEvent } from '../ingest/rows.ts'

/** How far back a touch may lie to share in a conversion. */
const lookbackDays = 90
const dayMs = 86_400_000
const defaultModel = 'last_non_direct'

type Conversion = PlacedEvent & { credited: ReturnType<typeof credit> }

/** Answers with the events whose conversion counts already, by name and conversion id. */
export async function storeConversions(tx: Queries, placed: readonly PlacedEvent[]): Promise<Judged[]> {
  const converting = placed.filter(({ event }) => event.wire.conversion)
  if (converting.length === 0) return []
  const touches = await loadTouches(tx, converting)
  const conversions = converting.map(
    (event): Conversion => ({ ...event, credited: creditEvent(event, touches) }),
  )
  const rows = await tx.query<{ id: string; event_id: string; attribution_version: number }>(
    insertConversions,
    columns(conversions, ...conversionColumns),
  )
  const stored = new Map(rows.map((row) => [row.event_id, row]))
  const credits = conversions.flatMap(({ id, event, credited }) => {
    const row = stored.get(id)
    if (!row) return []
    return credited.credits.map((one) => ({ ...one, websiteId: event.request.token.websiteId, row }))
  })
  if (credits.length > 0) await tx.query(insertCredits, columns(credits, ...creditColumns))
  return conversions.filter(({ id }) => !stored.has(id)).map(({ event }) => event)
}

const customerKey = (websiteId: string, customerId: string) => `${websiteId} ${customerId}`

async function loadTouches(
  tx: Queries,
  converting: readonly PlacedEvent[],
): Promise<Map<string, CreditTouch[]>> {
  const customers = new Map(
    converting.map(({ event, customerId }) => {
      const { websiteId } = event.request.token
      return [customerKey(websiteId, customerId), { websiteId, customerId }]
    }),
  )
  const wanted = columns(
    [...customers.values()],
    ({ websiteId }) => websiteId,
    ({ customerId }) => customerId,
  )
  await tx.query(lockCustomers, wanted)
  const rows = await tx.query<{
    website_id: string
    customer_id: string
    id: string
    at: number
    is_direct: boolean
  }>(selectTouches, wanted)
  const touches = new Map<string, CreditTouch[]>([...customers.keys()].map((key) => [key, []]))
  for (const { website_id, customer_id, id, at, is_direct } of rows) {
    touches.get(customerKey(website_id, customer_id))?.push({ id, at, isDirect: is_direct })
  }
  return touches
}

function creditEvent({ event, customerId }: PlacedEvent, touches: Map<string, CreditTouch[]>) {
  const conversion = { at: event.occurredAt, valueCents: event.wire.revenue_cents ?? null }
  const path = touches.get(customerKey(event.request.token.websiteId, customerId)) ?? []
  return credit(conversion, path, { lookbackMs: lookbackDays * dayMs, defaultModel })
}

const conversionColumns: ((conversion: Conversion) => string | number | null)[] = [
  ({ event }) => event.request.token.websiteId,
  ({ customerId }) => customerId,
  ({ session }) => session?.id ?? null,
  ({ id }) => id,
  ({ event }) => event.wire.name ?? event.wire.type,
  ({ event }) => event.wire.conversion_id ?? null,
  ({ event }) => new Date(event.occurredAt).toISOString(),
  ({ event }) => event.wire.revenue_cents ?? null,
  ({ event }) => event.wire.currency ?? null,
  ({ credited }) => credited.firstTouchId,
  ({ credited }) => credited.lastNonDirectTouchId,
  ({ credited }) => credited.attributedTouchId,
  () => defaultModel,
  ({ credited }) => JSON.stringify(credited.weights),
  () => lookbackDays,
]

type CreditRow = Conversion['credited']['credits'][number] & {
  websiteId: string
  row: { id: string; attribution_version: number }
}

const creditColumns: ((one: CreditRow) => string | number | null)[] = [
  ({ websiteId }) => websiteId,
  ({ row }) => row.id,
  ({ model }) => model,
  ({ row }) => row.attribution_version,
  ({ touchId }) => touchId,
  ({ weight }) => weight,
  ({ valueCents }) => valueCents,
]
