/** Credits stored conversions as if all of them and all touches had been known from the beginning. */
import type { Credited } from '../conversion.ts'
import { creditByTouches } from '../credit-by-touches.ts'
import { groupBy } from '../group-by.ts'
import { creditRefunds, isRefund, orderKey } from '../refunds.ts'
import type { PersonPathOf, StoredConversion } from './person-conversions.ts'

/** The credit of a conversion, and the person to whom it belongs. For a refund reported by someone else, that is the buyer. */
export type PersonCredit = Credited & { personId: string }

/**
 * The credit of each conversion of the persons, and of other persons' refunds of them. The refund of another person's purchase is
 * missing: it is credited with that person.
 */
export function creditPersons(
  conversions: readonly StoredConversion[],
  pathOf: PersonPathOf,
): Map<StoredConversion, PersonCredit> {
  const credited = new Map<StoredConversion, PersonCredit>()
  const creditAlone = (one: StoredConversion) => {
    const { personId } = one
    if (personId) credited.set(one, { ...creditByTouches(one, pathOf(one)), personId })
  }
  const [refunds, sales] = [conversions.filter(isRefund), conversions.filter((one) => !isRefund(one))]
  for (const sale of sales) creditAlone(sale)
  const saleOf = new Map(sales.map((sale) => [orderKey(sale), sale])) // one without an order number has a key that no refund has
  for (const [key, ofOrder] of groupBy(refunds, orderKey)) {
    const sale = saleOf.get(key)
    const own = sale && credited.get(sale)
    if (!sale) for (const refund of ofOrder) creditAlone(refund)
    else if (own)
      for (const [refund, credit] of creditRefunds({ ...sale, ...own }, ofOrder))
        credited.set(refund, { ...credit, personId: own.personId })
  }
  return credited
}
