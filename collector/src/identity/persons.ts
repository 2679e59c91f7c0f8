/**
 * Decides which customers are one person. A pure function of the merges in force and of who has a user id: undoing a merge
 * gives exactly what there would be without it.
 */
import { maxCustomers } from './caps.ts'
import { createGroups } from './groups.ts'

/** Why two customers are taken for one person; `manual`: an operator said so. */
export type MergeCause = 'sign_in' | 'email_hash' | 'manual'

/** A merge that was not undone. */
export interface Merge {
  id: string
  from: string
  into: string
  cause: MergeCause
}

export interface Member {
  id: string
  hasUserId: boolean
}

/** A merge without effect, named as the conflict that it is. */
export interface BlockedMerge<M extends Merge> {
  merge: M
  why: 'two_user_ids' | 'too_many_merges'
}

export interface Persons<M extends Merge> {
  /** The canonical customer of each customer. */
  personOf: Map<string, string>
  blocked: BlockedMerge<M>[]
}

/** The merges' customers must be among the members. The order of both lists does not matter. */
export function findPersons<M extends Merge>(
  members: readonly Member[],
  merges: readonly M[],
  cap = maxCustomers,
): Persons<M> {
  const groups = createGroups(members)
  const blocked: BlockedMerge<M>[] = []
  for (const merge of merges.toSorted(byPrecedence)) {
    const [one, other] = [groups.of(merge.from), groups.of(merge.into)]
    if (one === other) continue
    const why = reasonAgainst(merge, { one, other, cap })
    if (why) blocked.push({ merge, why })
    else groups.join(merge.from, merge.into)
  }
  const personOf = groups.all().flatMap((group) => {
    const person = canonicalOf(group)
    return group.map(({ id }): [string, string] => [id, person])
  })
  return { personOf: new Map(personOf), blocked }
}

/** Compares ids of rows, which are numbers as text. */
export const compareIds = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : Number(a > b))

/** What an operator said comes first, then what was seen first. */
const byPrecedence = (a: Merge, b: Merge): number =>
  Number(b.cause === 'manual') - Number(a.cause === 'manual') || compareIds(a.id, b.id)

interface Union {
  one: readonly Member[]
  other: readonly Member[]
  cap: number
}

function reasonAgainst({ cause }: Merge, { one, other, cap }: Union): BlockedMerge<Merge>['why'] | undefined {
  const wouldUniteUserIds = [one, other].every((group) => group.some(({ hasUserId }) => hasUserId))
  if (wouldUniteUserIds && cause !== 'manual') return 'two_user_ids'
  if (one.length + other.length > cap) return 'too_many_merges'
  return undefined
}

/** The one with a user id; of several, or of none, the oldest. */
function canonicalOf(group: readonly Member[]): string {
  const known = group.filter(({ hasUserId }) => hasUserId)
  return (known.length > 0 ? known : group)
    .map(({ id }) => id)
    .reduce((a, b) => (compareIds(a, b) < 0 ? a : b))
}
