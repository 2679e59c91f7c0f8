/** Explains an order: what is sold, what is refunded of it, and what is left. */
import type { Db } from '@headwater/db/db'
import type { ExplainedOrder, OrderPart } from './explanation.ts'
import { loadOrder, type OrderRow } from './find-conversion.ts'
import type { ConversionRow } from './load-conversion.ts'

/** The conversions of an order are those with its name, number and currency. */
export async function loadOrderOf(
  db: Db,
  website: string,
  { name, conversion_id: conversionId, currency }: ConversionRow,
): Promise<OrderRow[]> {
  if (conversionId === null) return []
  const all = await loadOrder(db, website, { conversionId, name })
  return all.filter((each) => each.currency === currency)
}

export const isRefund = ({ value_cents }: { value_cents: number | null }) => (value_cents ?? 0) < 0

/** Null: nothing was refunded. */
export function explainOrder(conversion: ConversionRow, order: readonly OrderRow[]): ExplainedOrder | null {
  const refunds = order.filter(isRefund)
  const sale = order.find((each) => !isRefund(each))
  if (refunds.length === 0) return null
  const overRefund = refunds.reduce((sum, refund) => sum + refund.over_refund_cents, 0)
  const refunded = refunds.reduce((sum, { value_cents }) => sum + (value_cents ?? 0), 0)
  const value = sale?.value_cents ?? null
  return {
    refund_of: sale && isRefund(conversion) ? toPart(sale) : null,
    refunds: refunds.map(toPart),
    net_cents: value === null ? null : Math.max(0, value + refunded),
    over_refund_cents: overRefund,
  }
}

const toPart = ({ id, at, value_cents, over_refund_cents }: OrderRow): OrderPart => ({
  id,
  occurred_at: new Date(at).toISOString(),
  value_cents,
  over_refund_cents,
})
