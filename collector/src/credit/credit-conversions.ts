/** Credits the conversions of a group, before they are stored. */
import type { Queries } from '@headwater/db/db'
import type { Conversion, CreditedConversion } from './conversion.ts'
import { creditByTouches } from './credit-by-touches.ts'
import { groupBy } from './group-by.ts'
import { loadOrders } from './orders.ts'
import { loadPaths } from './paths.ts'
import { creditRefunds, isRefund, orderKey } from './refunds.ts'

/**
 * Credits each conversion to the touches of its person, and each refund of a known conversion to the touches of that. The
 * customers must be locked, so that concurrent groups see each other's touches. Sends all statements in one round trip.
 */
export async function creditConversions(
  tx: Queries,
  conversions: readonly Conversion[],
): Promise<CreditedConversion[]> {
  const refunds = conversions.filter(isRefund)
  const [pathOf, orders] = await Promise.all([loadPaths(tx, conversions), loadOrders(tx, refunds)])
  const sales = conversions.filter((one) => !isRefund(one)).map((sale) => creditByTouches(sale, pathOf(sale)))
  for (const sale of sales) {
    const order = orders.get(orderKey(sale))
    if (order) order.sale ??= sale
  }
  const credited = [...groupBy(refunds, orderKey)].flatMap(([key, own]) => {
    const { sale, refunds: stored = [] } = orders.get(key) ?? {}
    if (!sale) return own.map((refund) => creditByTouches(refund, pathOf(refund)))
    const ofOrder = creditRefunds(sale, [...stored, ...own])
    return own.map((refund): CreditedConversion => ({ ...refund, ...ofOrder.get(refund)! }))
  })
  return [...sales, ...credited]
}
