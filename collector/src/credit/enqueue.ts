/** Puts customers on the queue of those whose conversions have to be credited again. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import insertCreditQueue from './sql/insert_credit_queue.sql?raw'

/** Why credit changes, as stored in `credit_queue` and `credit_versions`. */
export type CreditReason =
  | 'late_touch'
  | 'deferred'
  | 'merge'
  | 'unmerge'
  | 'refund'
  | 'erase'
  | 'rule_changed'
  | 'model_changed'
  | 'channel_changed'

/** A customer whose conversions have to be credited again. */
export interface CreditTask {
  websiteId: string
  customerId: string
  reason: CreditReason
}

/**
 * Adds the tasks, in the transaction that gives cause for them. The rows are only added, so it neither waits for others nor
 * fails; the worker joins several tasks of one person.
 */
export async function enqueueCredit(tx: Queries, tasks: readonly CreditTask[]): Promise<void> {
  await runRows(tx, queueInsert, tasks)
}

const queueInsert = rowStatement<CreditTask>(insertCreditQueue, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
  reason: ({ reason }) => reason,
})
