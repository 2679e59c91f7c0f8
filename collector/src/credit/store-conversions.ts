/** Stores conversions, each credited to the touches that led to it; a refund takes the weights of what it refunds. */
import { credit } from '@headwater/attribution/credit'
import addSessionConversions from '../../sql/add_session_conversions.sql?raw'
import insertConversions from '../../sql/insert_conversions.sql?raw'
import insertCredits from '../../sql/insert_credits.sql?raw'
import type { Queries } from '../db/db.ts'
import { type Columns, queryRows, toInstant } from '../db/rows.ts'
import { loadPaths, pathOf } from './paths.ts'
import { creditRefund, loadRefunded, refundKey } from './refunds.ts'

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
  /** Null: worth counting, without a value. Negative: a refund. */
  valueCents: number | null
  currency: string | null
}

/** What each touch is owed, and which of them the conversion names. */
export type Credit = ReturnType<typeof credit>

/** Answers with the ids of the events that were stored: of one name and conversion id only the first conversion counts. */
export async function storeConversions(
  tx: Queries,
  conversions: readonly Conversion[],
): Promise<Set<string>> {
  const isRefund = ({ valueCents, conversionId }: Conversion) =>
    (valueCents ?? 0) < 0 && conversionId !== null
  // Refunds last: what they refund may be among the others.
  const stored = [
    ...(await storeCredited(
      tx,
      await creditByTouches(
        tx,
        conversions.filter((one) => !isRefund(one)),
      ),
    )),
    ...(await storeCredited(tx, await creditByRefunded(tx, conversions.filter(isRefund)))),
  ]
  const inSession = stored.filter(({ sessionId }) => sessionId !== null)
  await queryRows(tx, { sql: addSessionConversions, columns: sessionColumns, rows: inSession })
  return new Set(stored.map(({ eventId }) => eventId))
}

type Credited = Conversion & { credit: Credit }

async function creditByTouches(tx: Queries, conversions: readonly Conversion[]): Promise<Credited[]> {
  const paths = await loadPaths(tx, conversions)
  return conversions.map((conversion) => {
    const { occurredAt: at, valueCents } = conversion
    const options = { lookbackMs: lookbackDays * dayMs, defaultModel } as const
    return { ...conversion, credit: credit({ at, valueCents }, pathOf(paths, conversion), options) }
  })
}

/** A refund of something unknown is credited on its own. */
async function creditByRefunded(tx: Queries, refunds: readonly Conversion[]): Promise<Credited[]> {
  const refunded = await loadRefunded(tx, refunds)
  const alone = await creditByTouches(
    tx,
    refunds.filter((refund) => !refunded.has(refundKey(refund))),
  )
  const known = refunds.flatMap((refund) => {
    const original = refunded.get(refundKey(refund))
    return original ? [{ ...refund, credit: creditRefund(refund.valueCents ?? 0, original) }] : []
  })
  return [...known, ...alone]
}

interface StoredRow {
  id: string
  event_id: string
  attribution_version: number
}

type CreditRow = Credit['credits'][number] & { websiteId: string; row: StoredRow }

/** Sorted by what makes a conversion unique, so that all groups wait for each other in one order. */
async function storeCredited(tx: Queries, credited: Credited[]): Promise<Credited[]> {
  const nameOf = ({ websiteId, name, conversionId }: Credited) => `${websiteId} ${name} ${conversionId}`
  const rows = [...credited].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const insert = { sql: insertConversions, columns: conversionColumns, rows }
  const stored = new Map((await queryRows<Credited, StoredRow>(tx, insert)).map((row) => [row.event_id, row]))
  const credits = credited.flatMap(({ websiteId, eventId, credit: { credits } }) => {
    const row = stored.get(eventId)
    return row ? credits.map((one): CreditRow => ({ ...one, websiteId, row })) : []
  })
  await queryRows(tx, { sql: insertCredits, columns: creditColumns, rows: credits })
  return credited.filter(({ eventId }) => stored.has(eventId))
}

const sessionColumns: Columns<Conversion> = {
  website_id: ({ websiteId }) => websiteId,
  session_id: ({ sessionId }) => sessionId,
}

export const conversionColumns: Columns<Credited> = {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
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
