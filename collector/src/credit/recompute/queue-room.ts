/** Whether long work may put more customers on the queue. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import countQueuedCustomers from './sql/count_queued_customers.sql?raw'

/** A third of a second of work: a customer who joins the queue behind them is credited within a second. A guess. */
const fullAt = 600

/** How long a step of a job waits while the queue is full, in ms; the worker does about a hundred tasks in that time. */
export const fullQueueMs = 50

/** Jobs ask before each step, and pause when there is none, because a late touch waits for everyone who is in the queue. */
export async function hasRoomInQueue(tx: Queries): Promise<boolean> {
  const [row] = await run<{ count: number }, 'limit'>(tx, customerCount, { limit: fullAt })
  return row !== undefined && row.count < fullAt
}

const customerCount = statement(countQueuedCustomers, 'limit')
