/** A refund takes back what its conversion gave: the same touches, the same weights, a negative value. */
import { allocateCents } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion, Credit, CreditedConversion } from './conversion.ts'
import selectRefundedCredits from './sql/select_refunded_credits.sql?raw'

/** What a refund needs of its conversion: which touches it names, and the weight of each touch by model. */
type Original = Omit<Credit, 'credits'> & {
  shares: Pick<Credit['credits'][number], 'model' | 'touchId' | 'weight'>[]
}

/** By `refundKey`. */
export type Refunded = Map<string, Original>

/** Takes back an earlier conversion, which its order number names. */
export const isRefund = ({ valueCents, conversionId }: Conversion): boolean =>
  (valueCents ?? 0) < 0 && conversionId !== null

/** Names the conversion that a refund takes back. */
export const refundKey = ({ websiteId, name, conversionId }: RefundName): string =>
  JSON.stringify([websiteId, name, conversionId])

type RefundName = Pick<Conversion, 'websiteId' | 'name' | 'conversionId'>

/** The stored conversions that these refunds take back; unknown ones are missing. */
export async function loadRefunded(tx: Queries, refunds: readonly Conversion[]): Promise<Refunded> {
  const refunded: Refunded = new Map()
  for (const row of await runRows<RefundedRow, Conversion>(tx, refundedSelect, refunds)) {
    const key = refundKey({ websiteId: row.website_id, name: row.name, conversionId: row.conversion_id })
    const original = refunded.get(key) ?? readOriginal(row)
    refunded.set(key, original)
    const { model, touch_id: touchId, weight } = row
    const isCopy = original.shares.some((share) => share.model === model && share.touchId === touchId) // two refunds of one order
    if (model && !isCopy) original.shares.push({ model, touchId, weight })
  }
  return refunded
}

/** Of a conversion that is not stored yet. */
export const originalOf = ({ credit: { credits, ...names } }: CreditedConversion): Original => ({
  ...names,
  shares: credits,
})

/** Undefined: what it refunds is unknown. */
export function creditRefund(refund: Conversion, refunded: Refunded): CreditedConversion | undefined {
  const original = refunded.get(refundKey(refund))
  if (!original) return undefined
  const { shares, ...names } = original
  const models = [...new Set(shares.map(({ model }) => model))]
  const credits = models.flatMap((model) => {
    const ofModel = shares.filter((share) => share.model === model)
    const cents = allocateCents(
      refund.valueCents ?? 0,
      ofModel.map(({ weight }) => weight),
    )
    return ofModel.map((share, i) => ({ ...share, valueCents: cents[i] ?? 0 }))
  })
  return { ...refund, credit: { ...names, credits } }
}

interface RefundedRow {
  website_id: string
  name: string
  conversion_id: string
  first_touch_id: string | null
  last_non_direct_touch_id: string | null
  attributed_touch_id: string | null
  attribution_weight: Credit['weights']
  /** Null, with the two below: it was unattributed. */
  model: Credit['credits'][number]['model'] | null
  touch_id: string
  weight: number
}

const readOriginal = (row: RefundedRow): Original => ({
  firstTouchId: row.first_touch_id,
  lastNonDirectTouchId: row.last_non_direct_touch_id,
  attributedTouchId: row.attributed_touch_id,
  weights: row.attribution_weight,
  shares: [],
})

const refundedSelect = rowStatement<Conversion>(selectRefundedCredits, {
  website_id: ({ websiteId }) => websiteId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
})
