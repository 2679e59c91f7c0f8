/** Credits conversions to the touches that led to them; a refund takes the weights of what it refunds. */
import { credit } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import type { Conversion, CreditedConversion } from './conversion.ts'
import { loadPaths, pathOf } from './paths.ts'
import { creditRefund, loadRefunded, refundKey } from './refunds.ts'

const dayMs = 86_400_000

/** Takes back an earlier conversion, which its order number names. */
export const isRefund = ({ valueCents, conversionId }: Conversion): boolean =>
  (valueCents ?? 0) < 0 && conversionId !== null

/** The rows of their customers must be locked, so that of two groups one sees the other's touches. */
export async function creditByTouches(
  tx: Queries,
  conversions: readonly Conversion[],
): Promise<CreditedConversion[]> {
  const paths = await loadPaths(tx, conversions)
  return conversions.map((conversion) => {
    const { occurredAt: at, valueCents, rules } = conversion
    const { lookbackDays, defaultModel, models } = rules
    const options = { lookbackMs: lookbackDays * dayMs, defaultModel, models }
    return { ...conversion, credit: credit({ at, valueCents }, pathOf(paths, conversion), options) }
  })
}

/** What they refund must be stored. A refund of something unknown is credited on its own. */
export async function creditRefunds(
  tx: Queries,
  refunds: readonly Conversion[],
): Promise<CreditedConversion[]> {
  const refunded = await loadRefunded(tx, refunds)
  const alone = refunds.filter((refund) => !refunded.has(refundKey(refund)))
  const known = refunds.flatMap((refund) => {
    const original = refunded.get(refundKey(refund))
    return original ? [{ ...refund, credit: creditRefund(refund.valueCents ?? 0, original) }] : []
  })
  return [...known, ...(await creditByTouches(tx, alone))]
}
