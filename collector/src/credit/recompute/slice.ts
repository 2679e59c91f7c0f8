/** Chooses how many conversions one transaction credits again, so that it ends well before its time limit. */
import type { Conversion } from '../conversion.ts'
import type { PathOf } from '../paths.ts'
import { orderKey } from '../refunds.ts'
import type { StoredConversion } from './person-conversions.ts'

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

/** Conversions in one transaction. Enough for all tasks that are claimed at once, most of which concern one or two. */
export const conversionsAtOnce = 500
/** Rows of credit in one transaction, a conversion having one for each model and touch: about a third of a second of work. */
const rowsAtOnce = 3_000

/** Takes at least one, so that each transaction gets further. The conversions must be in order of rank and id. */
export function takeSlice(conversions: readonly StoredConversion[], pathOf: PathOf): Slice {
  const due = conversions.filter(({ rank }) => rank !== null)
  const count = Math.max(1, countWithin(rowsAtOnce, due, pathOf))
  const [taken, next] = [new Set(due.slice(0, count)), due[count]]
  const orders = new Set([...taken].flatMap(orderOf))
  const last = due[count - 1]
  return {
    conversions: conversions.filter((one) => taken.has(one) || orderOf(one).some((key) => orders.has(key))),
    isDue: (one) => taken.has(one) || one.personId === undefined,
    last: last?.rank === next?.rank ? last : undefined,
    next,
  }
}

function countWithin(rows: number, due: readonly StoredConversion[], pathOf: PathOf): number {
  let left = rows
  const count = due.findIndex((one) => {
    left -= pathOf(one).touches.length * one.rules.models.length + 1
    return left < 0
  })
  return Math.min(count < 0 ? due.length : count, conversionsAtOnce)
}

const orderOf = (one: Conversion): string[] => (one.conversionId === null ? [] : [orderKey(one)])
