/** Credits conversions and stores them, inside the transaction that stores their events. */
import type { Queries } from '@headwater/db/db'
import type { Conversion } from './conversion.ts'
import { creditByTouches, creditRefunds, isRefund } from './credit-conversions.ts'
import { insertConversions } from './insert-conversions.ts'

/** Answers with the ids of the events whose conversion was stored; the others repeat one that counts already. */
export async function convert(tx: Queries, conversions: readonly Conversion[]): Promise<Set<string>> {
  const sales = conversions.filter((one) => !isRefund(one))
  const refunds = conversions.filter(isRefund)
  const stored = await insertConversions(tx, await creditByTouches(tx, sales))
  // Refunds last: what they refund may be among the sales.
  stored.push(...(await insertConversions(tx, await creditRefunds(tx, refunds))))
  return new Set(stored.map(({ eventId }) => eventId))
}
