/** A refund takes back what its conversion gave: the same touches, the same weights, a negative value. */
import { allocateCents } from '@headwater/attribution/credit'
import { type Columns, queryRows } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { Conversion, Credit } from './conversion.ts'
import selectRefundedCredits from './sql/select_refunded_credits.sql?raw'

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

const refundColumns: Columns<Conversion> = {
  website_id: ({ websiteId }) => websiteId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
}

/** Names the conversion that a refund takes back. */
export const refundKey = ({
  websiteId,
  name,
  conversionId,
}: Pick<Conversion, 'websiteId' | 'name' | 'conversionId'>): string =>
  JSON.stringify([websiteId, name, conversionId])

/** The credits of the conversions that these refunds take back, by `refundKey`; unknown ones are missing. */
export async function loadRefunded(
  tx: Queries,
  refunds: readonly Conversion[],
): Promise<Map<string, RefundedRow[]>> {
  const select = { sql: selectRefundedCredits, columns: refundColumns, rows: refunds }
  const refunded = new Map<string, RefundedRow[]>()
  for (const row of await queryRows<Conversion, RefundedRow>(tx, select)) {
    const key = refundKey({ websiteId: row.website_id, name: row.name, conversionId: row.conversion_id })
    const rows = refunded.get(key) ?? []
    const isCopy = rows.some(({ model, touch_id }) => model === row.model && touch_id === row.touch_id) // two refunds of one order
    refunded.set(key, isCopy ? rows : [...rows, row])
  }
  return refunded
}

/** The credit of a refund of `valueCents`, by the weights of what it takes back. */
export function creditRefund(valueCents: number, refunded: RefundedRow[]): Credit {
  const [original] = refunded as [RefundedRow] // a known conversion has a row
  const models = [...new Set(refunded.map(({ model }) => model))].filter((model) => model !== null)
  const credits = models.flatMap((model) => {
    const rows = refunded.filter((row) => row.model === model)
    const shares = allocateCents(
      valueCents,
      rows.map(({ weight }) => weight),
    )
    return rows.map(({ touch_id, weight }, i) => ({
      model,
      touchId: touch_id,
      weight,
      valueCents: shares[i] ?? 0,
    }))
  })
  return {
    firstTouchId: original.first_touch_id,
    lastNonDirectTouchId: original.last_non_direct_touch_id,
    attributedTouchId: original.attributed_touch_id,
    weights: original.attribution_weight,
    credits,
  }
}
