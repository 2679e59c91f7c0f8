/** Reads the credit of a stored conversion. */
import type { Credit, Credited } from './conversion.ts'

/** The columns of a conversion that crediting has written, with the rows of its current version. */
export interface CreditedRow {
  first_touch_id: string | null
  last_non_direct_touch_id: string | null
  attributed_touch_id: string | null
  attribution_model: string
  attribution_weight: Credit['weights']
  lookback_days: number
  over_refund_cents: number
  /** Model, touch, weight and value of each; null: none. */
  credits: [model: string, touchId: string, weight: number, valueCents: number | null][] | null
}

export const readCredited = (row: CreditedRow): Credited => ({
  model: row.attribution_model,
  lookbackDays: row.lookback_days,
  overRefundCents: row.over_refund_cents,
  credit: {
    firstTouchId: row.first_touch_id,
    lastNonDirectTouchId: row.last_non_direct_touch_id,
    attributedTouchId: row.attributed_touch_id,
    weights: row.attribution_weight,
    credits: (row.credits ?? []).map(([model, touchId, weight, valueCents]) => ({
      model,
      touchId,
      weight,
      valueCents,
    })),
  },
})
