/** The work of the credit worker: claims tasks of the queue and does them, a bounded number in a transaction. */
import { constraintOf, type Db, sqlstateOf, type Transaction } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { CreditReason } from '../enqueue.ts'
import { ConflictError } from './conflict-error.ts'
import type { QueuedTask } from './person-tasks.ts'
import { createPostponed } from './postponed.ts'
import { recompute } from './recompute.ts'
import claimTasks from './sql/claim_tasks.sql?raw'

export interface CreditWorkDeps {
  db: Db
  /** Epoch ms. */
  now(): number
  /** Called with the failure of tasks that will be tried again. */
  onError(error: unknown): void
  /** In one transaction, at most. Default 200. */
  tasksAtOnce?: number
}

/** Tasks in one transaction: few enough to end in a fraction of its time limit, enough to share its round trips. */
const defaultTasksAtOnce = 200
/** Conversions in one transaction for each task that may be claimed. Most tasks concern one or two. */
const conversionsPerTask = 3

/**
 * Returns the work of a worker: does some tasks, and returns whether there may be more. After a failure it tries half as many at
 * once, until one that always fails is alone and can be postponed. Throws when no tasks can be claimed: the database is out of
 * reach.
 */
export function createCreditWork({
  db,
  now,
  onError,
  tasksAtOnce = defaultTasksAtOnce,
}: CreditWorkDeps): () => Promise<boolean> {
  const postponed = createPostponed(now)
  let size = tasksAtOnce

  return async function work() {
    let claimed: QueuedTask[] = []
    try {
      await db.transaction(async (tx) => {
        claimed = await claim(tx, postponed.ids(), size)
        if (claimed.length > 0) await recompute(tx, claimed, size * conversionsPerTask)
      })
      postponed.remove(claimed.map(customerOf))
      size = Math.min(size * 2, tasksAtOnce)
    } catch (error) {
      if (claimed.length === 0) throw error
      if (claimed.length === 1) postponed.add(claimed.map(customerOf))
      if (claimed.length === 1 || !isConflict(error)) onError(error)
      size = Math.ceil(claimed.length / 2)
    }
    return claimed.length > 0
  }
}

/** Another transaction was in the way. Half as many tasks are less likely to meet it again. */
const isConflict = (error: unknown): boolean =>
  error instanceof ConflictError ||
  ['40001', '40P01'].includes(sqlstateOf(error) ?? '') ||
  constraintOf(error) === 'credit_versions_pkey'

/** The whole customer is postponed: each late touch of one that cannot be computed adds a task that cannot be done. */
const customerOf = ({ customerId: id }: QueuedTask) => ({ id })

interface TaskRow {
  id: string
  website_id: string
  customer_id: string
  reason: CreditReason
  position: number | null
}

async function claim(tx: Transaction, postponed: readonly string[], limit: number): Promise<QueuedTask[]> {
  const params = { postponed: JSON.stringify(postponed), limit }
  const rows = await run<TaskRow, keyof typeof params>(tx, taskClaim, params)
  return rows.map(({ website_id: websiteId, customer_id: customerId, ...task }) => ({
    ...task,
    websiteId,
    customerId,
  }))
}

const taskClaim = statement(claimTasks, 'postponed', 'limit')
