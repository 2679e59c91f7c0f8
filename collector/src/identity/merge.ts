/** What an operator does about who is one person: merges customers, and undoes merges. */
import type { Db, Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { NotFoundError, OperationError } from '../operation-error.ts'
import { assignPersons, loadMembers, type PersonChange, type StoredMember } from './assign-persons.ts'
import { maxConnected, maxCustomers } from './caps.ts'
import { lockCustomers } from './lock-customers.ts'
import { loadConnected, lockPersons, type MergeRow, membersOf, readMerge } from './lock-persons.ts'
import type { MergeCause } from './persons.ts'
import { saveMerges } from './save-merges.ts'
import selectMerge from './sql/select_merge.sql?raw'
import undoMerge from './sql/undo_merge.sql?raw'
import undoMergesOfCustomer from './sql/undo_merges_of_customer.sql?raw'

export type { PersonChange } from './assign-persons.ts'
export type { MergeCause } from './persons.ts'

export interface MergeInput {
  websiteId: string
  /**
   * The ids of two customers. Their persons are merged, with everyone who is part of them. Which customer stands for the new
   * person follows from what they are, not from this order: one with a user id, then the oldest.
   */
  from: string
  into: string
  /** Who merges them: `cli`, or `token <id>`. */
  by: string
  reason?: string
  /** What to do when both persons have a user id: `refuse` (the default) throws, `unite` makes them one person. */
  twoUserIds?: 'refuse' | 'unite'
}

export interface MergeOutcome {
  /** The id of the new row in `customer_merges`; null: they were one person before. */
  merge: string | null
  /** The person that both are part of now. */
  person: string
  changes: PersonChange[]
}

/** Names what to undo: one merge by its id; all merges that name a customer; or only those with a certain other one. */
export type UnmergeInput = { websiteId: string; by: string } & (
  | { merge: string }
  | { customer: string; from?: string }
)

export interface UndoneMerge {
  id: string
  from: string
  into: string
  cause: MergeCause
}

export interface UnmergeOutcome {
  /** Empty: no such merge was in force. */
  undone: UndoneMerge[]
  /** Empty: other merges still connect the customers. */
  changes: PersonChange[]
}

/**
 * Makes the persons of two customers one person. Throws an OperationError when a customer does not exist, when both are the
 * same, when two user ids would be united without `twoUserIds: 'unite'`, or when the person would have too many customers.
 */
export async function mergeCustomers(db: Db, input: MergeInput): Promise<MergeOutcome> {
  const { websiteId, from, into, by, reason = null } = input
  if (from === into)
    throw new OperationError(`Customer ${from} cannot be merged with itself. Name two customers.`)
  return db.transaction(async (tx) => {
    const { members, merges } = await lockConnected(tx, websiteId, [from, into])
    const [one, other] = [personIn(members, from), personIn(members, into)]
    if (one.id === other.id) return { merge: null, person: one.id, changes: [] }
    checkUnion(input, [one, other])
    if (members.length > maxConnected)
      throw tooMany(from, into, { found: members.length, most: maxConnected })
    const merge = {
      websiteId,
      from: one.id,
      into: other.id,
      cause: 'manual',
      eventId: null,
      by,
      reason,
    } as const
    const added = await saveMerges(tx, [merge])
    const changes = await assignPersons(tx, { members, merges: [...merges, ...added] })
    const person = changes.find(({ customer }) => customer === one.id)?.after ?? one.id
    return { merge: added[0]?.id ?? null, person, changes }
  })
}

/**
 * Undoes merges, by operators or by the collector. What came in meanwhile is already on the right side, because events keep
 * the customer they were written with. The collector does not repeat what was undone. Throws an OperationError when there is
 * no such customer or merge.
 */
export async function unmergeCustomers(db: Db, input: UnmergeInput): Promise<UnmergeOutcome> {
  const { websiteId } = input
  return db.transaction(async (tx) => {
    await lockPersons(tx, [websiteId])
    const undone = (await undo(tx, input)).map(readMerge)
    if (undone.length === 0) await checkExists(tx, input)
    const parted = membersOf(undone, []).map(({ id }) => id)
    const connected = await lockConnected(tx, websiteId, parted)
    const changes = await assignPersons(tx, connected)
    return { undone: undone.map(({ websiteId: _, ...merge }) => merge), changes }
  })
}

/** Locks the persons of a website, and these customers with all whom merges connect to them. */
async function lockConnected(tx: Queries, websiteId: string, ids: readonly string[]) {
  const customers = ids.map((id) => ({ websiteId, id }))
  const [, merges] = await Promise.all([lockPersons(tx, [websiteId]), loadConnected(tx, customers)])
  const connected = membersOf(merges, customers)
  const [, members] = await Promise.all([lockCustomers(tx, connected), loadMembers(tx, connected)])
  return { members, merges }
}

interface Person {
  id: string
  members: readonly StoredMember[]
}

/** The person of a customer. */
function personIn(members: readonly StoredMember[], customer: string): Person {
  const id = members.find((member) => member.id === customer)?.person
  if (id === undefined) throw unknownCustomer(customer)
  return { id, members: members.filter(({ person }) => person === id) }
}

function checkUnion({ from, into, twoUserIds = 'refuse' }: MergeInput, persons: readonly Person[]): void {
  const known = persons.filter(({ members }) => members.some(({ hasUserId }) => hasUserId))
  if (known.length > 1 && twoUserIds === 'refuse') {
    const found = known.map(({ id }) => id).join(' and ')
    throw new OperationError(
      `Customers ${from} and ${into} were not merged: their persons (${found}) have different user ids. If they are one person all the same, allow two user ids explicitly.`,
    )
  }
  const found = persons.reduce((sum, { members }) => sum + members.length, 0)
  if (found > maxCustomers) throw tooMany(from, into, { found, most: maxCustomers })
}

const tooMany = (from: string, into: string, { found, most }: { found: number; most: number }) =>
  new OperationError(
    `Customers ${from} and ${into} were not merged: that would connect ${found} customers, and at most ${most} are allowed. Undo merges of theirs first.`,
  )

const unknownCustomer = (id: string) =>
  new NotFoundError(
    `This website has no customer ${id}. Pass the id of one, as \`headwater customer show\` prints it.`,
  )

function undo(tx: Queries, input: UnmergeInput): Promise<MergeRow[]> {
  const { websiteId: website_id, by: undone_by } = input
  if ('merge' in input) {
    const params = { website_id, id: input.merge, undone_by }
    return run<MergeRow, keyof typeof params>(tx, mergeUndoing, params)
  }
  const params = { website_id, customer_id: input.customer, other_id: input.from ?? null, undone_by }
  return run<MergeRow, keyof typeof params>(tx, customerUndoing, params)
}

/** Tells a customer without merges from one that does not exist, and a merge that was undone before from an unknown one. */
async function checkExists(tx: Queries, input: UnmergeInput): Promise<void> {
  const { websiteId } = input
  if ('merge' in input) {
    const found = await run(tx, mergeSelect, { website_id: websiteId, id: input.merge })
    if (found.length > 0) return
    throw new NotFoundError(
      `This website has no merge ${input.merge}. Pass the id of one, as \`headwater customer show\` prints it.`,
    )
  }
  const ids = [input.customer, ...(input.from === undefined ? [] : [input.from])]
  const found = await loadMembers(
    tx,
    ids.map((id) => ({ websiteId, id })),
  )
  const missing = ids.find((id) => found.every((member) => member.id !== id))
  if (missing !== undefined) throw unknownCustomer(missing)
}

const mergeUndoing = statement(undoMerge, 'website_id', 'id', 'undone_by')
const customerUndoing = statement(undoMergesOfCustomer, 'website_id', 'customer_id', 'other_id', 'undone_by')
const mergeSelect = statement(selectMerge, 'website_id', 'id')
