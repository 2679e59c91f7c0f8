/** What an operator does about who is one person: merges customers, and undoes merges. */
import type { Db } from '@headwater/db/db'

/** Why two customers are taken for one person; `manual`: an operator said so. */
export type MergeCause = 'sign_in' | 'email_hash' | 'manual'

export interface MergeInput {
  websiteId: string
  /** The ids of two customers. Which of them stands for the person follows from what they are, not from this order. */
  from: string
  into: string
  /** Who merges them: `cli`, or `token <id>`. */
  by: string
  reason?: string
  /** What to do when both have a user id of their own: `refuse` (the default) throws, `unite` makes them one person. */
  twoUserIds?: 'refuse' | 'unite'
}

/** A customer who is part of another person than before. Ids of customers; a person has the id of its canonical customer. */
export interface PersonChange {
  customer: string
  before: string
  after: string
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
 * Makes two customers one person. Throws an OperationError when one does not exist, when both are the same, when two user
 * ids would be united without `twoUserIds: 'unite'`, or when the person would have too many customers.
 */
export async function mergeCustomers(_db: Db, _input: MergeInput): Promise<MergeOutcome> {
  throw new Error('Not built yet.')
}

/**
 * Undoes merges, by operators or by the collector. What came in meanwhile is already on the right side, because events keep
 * the customer they were written with. The collector does not repeat what was undone. Throws an OperationError when there is
 * no such customer or merge.
 */
export async function unmergeCustomers(_db: Db, _input: UnmergeInput): Promise<UnmergeOutcome> {
  throw new Error('Not built yet.')
}
