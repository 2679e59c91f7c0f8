/** Stores conversions, each credited to the touches that led to it. */
import { type CreditTouch, credit } from '@headwater/attribution/credit'
import insertConversions from '../../sql/insert_conversions.sql?raw'
import insertCredits from '../../sql/insert_credits.sql?raw'
import lockCustomers from '../../sql/lock_customers.sql?raw'
import selectTouches from '../../sql/select_touches.sql?raw'
import type { Queries } from '../db/db.ts'
import { type Columns, queryRows, toInstant } from '../db/rows.ts'

/** How far back a touch may lie to share in a conversion. */
const lookbackDays = 90
const dayMs = 86_400_000
const defaultModel = 'last_non_direct'

/** An event that is a conversion. */
export interface Conversion {
  websiteId: string
  customerId: string
  /** Null: it came without one. */
  sessionId: string | null
  eventId: string
  name: string
  /** The order number; null: none given. */
  conversionId: string | null
  occurredAt: number
  /** Null: worth counting, without a value. */
  valueCents: number | null
  currency: string | null
}

/** Answers with the ids of those that were stored: of one name and conversion id only the first counts. */
export async function storeConversions(
  tx: Queries,
  conversions: readonly Conversion[],
): Promise<Set<string>> {
  if (conversions.length === 0) return new Set()
  const touches = await loadTouches(tx, conversions)
  const credited = conversions.map(
    (conversion): Credited => ({ ...conversion, credit: creditOf(conversion, touches) }),
  )
  const insert = { sql: insertConversions, columns: conversionColumns, rows: credited }
  const stored = new Map((await queryRows<Credited, StoredRow>(tx, insert)).map((row) => [row.event_id, row]))
  const rows = credited.flatMap(({ websiteId, eventId, credit: { credits } }) => {
    const row = stored.get(eventId)
    return row ? credits.map((one): CreditRow => ({ ...one, websiteId, row })) : []
  })
  await queryRows(tx, { sql: insertCredits, columns: creditColumns, rows })
  return new Set(stored.keys())
}

type Credited = Conversion & { credit: ReturnType<typeof credit> }

interface StoredRow {
  id: string
  event_id: string
  attribution_version: number
}

type CreditRow = Credited['credit']['credits'][number] & { websiteId: string; row: StoredRow }

interface TouchRow {
  website_id: string
  customer_id: string
  id: string
  at: number
  is_direct: boolean
}

type CustomerOf = Pick<Conversion, 'websiteId' | 'customerId'>

const nameOf = ({ websiteId, customerId }: CustomerOf) => `${websiteId} ${customerId}`

async function loadTouches(
  tx: Queries,
  conversions: readonly CustomerOf[],
): Promise<Map<string, CreditTouch[]>> {
  const customers = new Map(conversions.map((conversion) => [nameOf(conversion), conversion]))
  const wanted = { columns: customerColumns, rows: [...customers.values()] }
  await queryRows(tx, { sql: lockCustomers, ...wanted })
  const touches = new Map<string, CreditTouch[]>([...customers.keys()].map((name) => [name, []]))
  for (const row of await queryRows<CustomerOf, TouchRow>(tx, { sql: selectTouches, ...wanted })) {
    const path = touches.get(nameOf({ websiteId: row.website_id, customerId: row.customer_id }))
    path?.push({ id: row.id, at: row.at, isDirect: row.is_direct })
  }
  return touches
}

function creditOf(conversion: Conversion, touches: Map<string, CreditTouch[]>) {
  const { occurredAt: at, valueCents } = conversion
  const path = touches.get(nameOf(conversion)) ?? [] // an empty path for who has no touches
  return credit({ at, valueCents }, path, { lookbackMs: lookbackDays * dayMs, defaultModel })
}

const customerColumns: Columns<CustomerOf> = {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
}

export const conversionColumns: Columns<Credited> = {
  ...customerColumns,
  session_id: ({ sessionId }) => sessionId,
  event_id: ({ eventId }) => eventId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
  occurred_at: ({ occurredAt }) => toInstant(occurredAt),
  value_cents: ({ valueCents }) => valueCents,
  currency: ({ currency }) => currency,
  first_touch_id: ({ credit }) => credit.firstTouchId,
  last_non_direct_touch_id: ({ credit }) => credit.lastNonDirectTouchId,
  attributed_touch_id: ({ credit }) => credit.attributedTouchId,
  attribution_model: () => defaultModel,
  attribution_weight: ({ credit }) => JSON.stringify(credit.weights),
  lookback_days: () => lookbackDays,
}

export const creditColumns: Columns<CreditRow> = {
  website_id: ({ websiteId }) => websiteId,
  conversion_id: ({ row }) => row.id,
  model: ({ model }) => model,
  version: ({ row }) => row.attribution_version,
  touch_id: ({ touchId }) => touchId,
  weight: ({ weight }) => weight,
  value_cents: ({ valueCents }) => valueCents,
}
