/** Credits a refund to the touches of the conversion it refunds, with the same weights and a negative value. */
import { allocateCents } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion, Credit, CreditedConversion } from './conversion.ts'
import selectRefundedCredits from './sql/select_refunded_credits.sql?raw'

/** What a refund needs of the refunded conversion: the touches it references, and the weight of each touch by model. */
type Original = Omit<Credit, 'credits'> & {
  shares: Pick<Credit['credits'][number], 'model' | 'touchId' | 'weight'>[]
}

/** By `refundKey`. */
export type Refunded = Map<string, Original>

/** Whether a conversion refunds an earlier one, which its order number identifies. */
export const isRefund = ({ valueCents, conversionId }: Conversion): boolean =>
  (valueCents ?? 0) < 0 && conversionId !== null

/** Identifies the conversion that a refund refers to. It must have the same currency: other amounts cannot be compared. */
export const refundKey = ({ websiteId, name, conversionId, currency }: RefundName): string =>
  JSON.stringify([websiteId, name, conversionId, currency])

type RefundName = Pick<Conversion, 'websiteId' | 'name' | 'conversionId' | 'currency'>

/** The stored conversions that these refunds refer to; unknown ones are missing. */
export async function loadRefunded(tx: Queries, refunds: readonly Conversion[]): Promise<Refunded> {
  const refunded: Refunded = new Map()
  for (const row of await runRows<RefundedRow, Conversion>(tx, refundedSelect, refunds)) {
    const { website_id: websiteId, name, conversion_id: conversionId, currency } = row
    const key = refundKey({ websiteId, name, conversionId, currency })
    const original = refunded.get(key) ?? readOriginal(row)
    refunded.set(key, original)
    const { model, touch_id: touchId, weight } = row
    const isCopy = original.shares.some((share) => share.model === model && share.touchId === touchId) // two refunds of one order
    if (model && !isCopy) original.shares.push({ model, touchId, weight })
  }
  return refunded
}

/** For a conversion that is not stored yet. */
export const originalOf = ({ credit: { credits, ...names } }: CreditedConversion): Original => ({
  ...names,
  shares: credits,
})

/** Undefined: the refunded conversion is unknown. */
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
  currency: string | null
  first_touch_id: string | null
  last_non_direct_touch_id: string | null
  attributed_touch_id: string | null
  attribution_weight: Credit['weights']
  /** Null, like the two below: the conversion was unattributed. */
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
  currency: ({ currency }) => currency,
})
