/** Decides again who is one person, and saves what changes with its consequences for credit and conflicts. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type CreditTask, enqueueCredit } from '../credit/enqueue.ts'
import type { CustomerKey } from './customer.ts'
import type { StoredMerge } from './lock-persons.ts'
import { type BlockedMerge, findPersons, type Member } from './persons.ts'
import { type NewConflict, saveConflicts, settleConflicts } from './save-conflicts.ts'
import selectMembers from './sql/select_members.sql?raw'
import updatePersons from './sql/update_persons.sql?raw'

/** A customer with the person it is part of. */
export interface StoredMember extends Member, CustomerKey {
  person: string
}

/** A customer who is part of another person than before. Ids of customers; a person has the id of its canonical customer. */
export interface PersonChange {
  customer: string
  before: string
  after: string
}

/** Customers with all merges in force that name them. */
export interface Connected {
  members: readonly StoredMember[]
  merges: readonly StoredMerge[]
}

/** Returns those of the customers who exist. They must be locked. */
export async function loadMembers(tx: Queries, customers: readonly CustomerKey[]): Promise<StoredMember[]> {
  const rows = await runRows<MemberRow, CustomerKey>(tx, memberSelect, customers)
  return rows.map(({ website_id: websiteId, has_user_id: hasUserId, ...row }) => ({
    ...row,
    websiteId,
    hasUserId,
  }))
}

/**
 * Saves who is one person by these merges, and records the blocked ones as conflicts, with `conflicts`. Requires the lock of
 * their websites and of the members. Sends all statements in one round trip.
 */
export async function assignPersons(
  tx: Queries,
  { members, merges }: Connected,
  conflicts: readonly NewConflict[] = [],
): Promise<PersonChange[]> {
  const { personOf, blocked } = findPersons(members, merges)
  const byHand = new Set(
    merges.filter(({ cause }) => cause === 'manual').flatMap(({ from, into }) => [from, into]),
  )
  const moved = members.flatMap((member) => {
    const after = personOf.get(member.id) ?? member.id
    return after === member.person ? [] : [{ ...member, after, byHand: byHand.has(member.id) }]
  })
  const [updated] = await Promise.all([
    runRows(tx, personUpdate, moved),
    saveConflicts(tx, [...conflicts, ...blocked.map(toConflict)]),
    settleConflicts(tx, moved),
    enqueueCredit(tx, creditTasks(members, personOf)),
  ])
  if (updated.length < moved.length)
    throw new Error('The collector would have merged a customer with a user id.')
  return moved.map(({ id, person, after }) => ({ customer: id, before: person, after }))
}

/** A person that is too large is one conflict, however many customers it would have. */
const toConflict = ({ merge, why }: BlockedMerge<StoredMerge>): NewConflict => ({
  websiteId: merge.websiteId,
  kind: why,
  customerId: merge.into,
  otherId: why === 'two_user_ids' ? merge.from : null,
  identityId: null,
})

/** Whoever is part of another person now, with the persons that they have left and joined. */
function creditTasks(members: readonly StoredMember[], personOf: Map<string, string>): CreditTask[] {
  const tasks = new Map<string, CreditTask>()
  for (const { websiteId, id, person } of members) {
    const after = personOf.get(id) ?? id
    if (after === person) continue
    const isParted = members.some((other) => other.person === person && personOf.get(other.id) !== after)
    for (const customerId of [id, person, after])
      tasks.set(customerId, { websiteId, customerId, reason: isParted ? 'unmerge' : 'merge' })
  }
  return [...tasks.values()]
}

interface MemberRow {
  website_id: string
  id: string
  has_user_id: boolean
  person: string
}

const memberSelect = rowStatement<CustomerKey>(selectMembers, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})

const personUpdate = rowStatement<StoredMember & { after: string; byHand: boolean }>(updatePersons, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
  merged_into_id: ({ id, after }) => (after === id ? null : after),
  // Of two user ids in one person, each is named by a merge of an operator, and findPersons refuses all others.
  by_hand: ({ byHand }) => byHand,
})
