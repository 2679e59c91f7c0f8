/** Credits conversions to the touches that led to them; a refund uses the weights of the conversion it refunds. */
import { credit } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import type { Conversion, CreditedConversion } from './conversion.ts'
import { loadPaths, type Paths, pathOf } from './paths.ts'
import { creditRefund, isRefund, loadRefunded, originalOf, refundKey } from './refunds.ts'

const dayMs = 86_400_000

/**
 * Loads the touches of the customers and credits each conversion. The customers must be locked, so that concurrent groups
 * see each other's touches. Sends all statements in one round trip.
 */
export async function creditConversions(
  tx: Queries,
  conversions: readonly Conversion[],
): Promise<CreditedConversion[]> {
  const refunds = conversions.filter(isRefund)
  const [paths, refunded] = await Promise.all([loadPaths(tx, conversions), loadRefunded(tx, refunds)])
  const sales = conversions.filter((one) => !isRefund(one)).map((sale) => creditByTouches(sale, paths))
  // A refund may refer to one of these sales.
  for (const sale of sales)
    if (!refunded.has(refundKey(sale))) refunded.set(refundKey(sale), originalOf(sale))
  return [
    ...sales,
    ...refunds.map((refund) => creditRefund(refund, refunded) ?? creditByTouches(refund, paths)),
  ]
}

function creditByTouches(conversion: Conversion, paths: Paths): CreditedConversion {
  const { occurredAt: at, valueCents, rules } = conversion
  const { lookbackDays, defaultModel, models } = rules
  const options = { lookbackMs: lookbackDays * dayMs, defaultModel, models }
  return {
    ...conversion,
    counted: true,
    credit: credit({ at, valueCents }, pathOf(paths, conversion), options),
  }
}
