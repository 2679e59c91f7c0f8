/** Records the merges that a group of events shows, and decides again who is one person. A group without any does nothing. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { assignPersons, loadMembers } from './assign-persons.ts'
import { maxConnected } from './caps.ts'
import type { CustomerKey } from './customer.ts'
import { createGroups } from './groups.ts'
import type { SeenConflict, SeenMerge } from './ledger.ts'
import type { KnownCustomers } from './load-customers.ts'
import { loadConnected, lockPersons, membersOf, type StoredMerge } from './lock-persons.ts'
import type { ResolvedCustomers } from './resolve-customers.ts'
import { type NewConflict, saveConflicts } from './save-conflicts.ts'
import { type NewMerge, saveMerges } from './save-merges.ts'
import selectRecordedMerges from './sql/select_recorded_merges.sql?raw'

/** What a group is about to change about persons. */
export interface Union {
  /** New ones. */
  merges: NewMerge[]
  /** Those in force that connect their customers. */
  stored: StoredMerge[]
  /** Whoever may become part of another person; to be locked. */
  customers: CustomerKey[]
  conflicts: NewConflict[]
}

/**
 * Loads what the merges of a group connect, under the lock of their websites. Undefined: there are none, which takes no round
 * trip. Requires the locks of identities, and precedes those of customers.
 */
export async function prepareUnion(
  tx: Queries,
  { merges: seen, named, conflicts }: ResolvedCustomers,
  known: KnownCustomers,
): Promise<Union | undefined> {
  if (seen.length + named.length === 0) return undefined
  const concerned = [...named, ...seen.flatMap(({ from, into }) => [from, into])]
  const [, stored, recorded] = await Promise.all([
    lockPersons(
      tx,
      [...concerned, ...conflicts.map(({ customer }) => customer)].map(({ websiteId }) => websiteId),
    ),
    loadConnected(tx, concerned),
    loadRecorded(tx, seen),
  ])
  const fresh = seen.filter((_, i) => !recorded.has(i)).map(toNewMerge)
  const { merges, tooMany } = withinLimit(fresh, stored)
  return {
    merges,
    stored,
    customers: membersOf(stored, concerned),
    conflicts: [...conflicts.map((conflict) => toConflict(conflict, known)), ...tooMany],
  }
}

/** Requires that the customers are locked and saved. Takes two round trips. */
export async function unite(tx: Queries, { merges, stored, customers, conflicts }: Union): Promise<void> {
  const [added, members] = await Promise.all([saveMerges(tx, merges), loadMembers(tx, customers)])
  await assignPersons(tx, { members, merges: [...stored, ...added] }, conflicts)
}

/** Records conflicts of a group without a union. Requires `lockPersons`. */
export async function saveSeenConflicts(
  tx: Queries,
  conflicts: readonly SeenConflict[],
  known: KnownCustomers,
): Promise<void> {
  await saveConflicts(
    tx,
    conflicts.map((conflict) => toConflict(conflict, known)),
  )
}

/** Those of the pairs that the collector has merged once: it does not repeat what an operator undid. */
async function loadRecorded(tx: Queries, seen: readonly SeenMerge[]): Promise<Set<number>> {
  const pairs = seen.map(({ from, into }, position) => ({ from, into, position }))
  const rows = await runRows<{ position: number }, Pair>(tx, recordedSelect, pairs)
  return new Set(rows.map(({ position }) => position))
}

/** Leaves out merges that would connect more customers than can be computed at once. */
function withinLimit(fresh: readonly NewMerge[], stored: readonly StoredMerge[]) {
  const groups = createGroups(membersOf([...stored, ...fresh], []))
  for (const { from, into } of stored) groups.join(from, into)
  const merges: NewMerge[] = []
  const tooMany: NewConflict[] = []
  for (const merge of onceEach(fresh)) {
    const { websiteId, from, into } = merge
    const [one, other] = [groups.of(from), groups.of(into)]
    if (one !== other && one.length + other.length > maxConnected) {
      tooMany.push({ websiteId, kind: 'too_many_merges', customerId: into, otherId: null, identityId: null })
      continue
    }
    groups.join(from, into)
    merges.push(merge)
  }
  return { merges, tooMany }
}

const onceEach = (merges: readonly NewMerge[]): NewMerge[] => [
  ...new Map(merges.map((merge) => [`${merge.from} ${merge.into}`, merge])).values(),
]

interface Pair {
  from: CustomerKey
  into: CustomerKey
  position: number
}

const recordedSelect = rowStatement<Pair>(selectRecordedMerges, {
  website_id: ({ from }) => from.websiteId,
  from_customer_id: ({ from }) => from.id,
  into_customer_id: ({ into }) => into.id,
  position: ({ position }) => position,
})

const toNewMerge = ({ from, into, cause, eventId }: SeenMerge): NewMerge => ({
  websiteId: from.websiteId,
  from: from.id,
  into: into.id,
  cause,
  eventId,
  by: null,
  reason: null,
})

const toConflict = (
  { kind, customer, other, identity }: SeenConflict,
  { identityIds }: KnownCustomers,
): NewConflict => ({
  websiteId: customer.websiteId,
  kind,
  customerId: customer.id,
  otherId: other?.id ?? null,
  identityId: (identity !== undefined && identityIds.get(identity)) || null,
})
