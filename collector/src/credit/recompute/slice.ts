/** Chooses how many conversions one transaction credits again, so that it ends well before its time limit. */
import type { Conversion } from '../conversion.ts'
import { isRefund, orderKey } from '../refunds.ts'
import type { PersonPathOf, StoredConversion } from './person-conversions.ts'

export interface Slice {
  /** Those that this transaction credits, and all others of their orders: a refund depends on them. */
  conversions: StoredConversion[]
  /** Whether this transaction writes its credit. */
  isDue(conversion: StoredConversion): boolean
  /** The last one that is done, of the person that `next` belongs to; undefined: none. */
  last: StoredConversion | undefined
  /** The first one that is left; undefined: none is. */
  next: StoredConversion | undefined
}

/** Rows of credit in one transaction, a conversion having one for each model and touch: about a third of a second of work. */
const rowsAtOnce = 3_000

/**
 * Takes at most `limit` conversions, and at least one, so that each transaction gets further. With a sale come the refunds that
 * others have reported: only the buyer's turn credits them. The conversions must be in order of rank and id.
 */
export function takeSlice(
  conversions: readonly StoredConversion[],
  pathOf: PersonPathOf,
  limit: number,
): Slice {
  const due = conversions.filter(({ rank }) => rank !== null)
  const count = Math.max(1, Math.min(limit, countWithin(rowsAtOnce, due, pathOf)))
  const [taken, next] = [new Set(due.slice(0, count)), due[count]]
  const orders = new Set([...taken].flatMap(orderOf))
  const sales = [...taken].filter((one) => !isRefund(one))
  const buyers = new Map(sales.flatMap((sale) => orderOf(sale).map((key) => [key, sale.personId])))
  const isReportedByOthers = (refund: StoredConversion) =>
    buyers.has(orderKey(refund)) && buyers.get(orderKey(refund)) !== refund.personId
  const last = due[count - 1]
  return {
    conversions: conversions.filter((one) => taken.has(one) || orderOf(one).some((key) => orders.has(key))),
    isDue: (one) => taken.has(one) || (isRefund(one) && isReportedByOthers(one)),
    last: last?.rank === next?.rank ? last : undefined,
    next,
  }
}

function countWithin(rows: number, due: readonly StoredConversion[], pathOf: PersonPathOf): number {
  let left = rows
  const count = due.findIndex((one) => {
    left -= pathOf(one).touches.length * one.rules.models.length + 1
    return left < 0
  })
  return count < 0 ? due.length : count
}

const orderOf = (one: Conversion): string[] => (one.conversionId === null ? [] : [orderKey(one)])
