/** The job `credit_again`: after a change of settings or of a rule, puts everyone with a conversion on the queue, step by step. */
import type { Queries, Transaction } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { addJob, type DoStep } from '@headwater/jobs/background-jobs'
import { settleMs } from '../../websites/find-token.ts'
import { type CreditReason, enqueueCredit } from '../enqueue.ts'
import { fullQueueMs, hasRoomInQueue } from './queue-room.ts'
import countConversions from './sql/count_conversions.sql?raw'
import selectConvertedCustomers from './sql/select_converted_customers.sql?raw'

export const creditAgainKind = 'credit_again'

interface CreditAgainInput {
  reason: CreditReason
}

/** Conversions of a step. */
const atOnce = 500
/** More are not counted: the job then has no total. */
const countLimit = 1_000_000

/**
 * Adds the job, in the transaction of the change. It runs at once, and again for what collectors store meanwhile by the settings
 * that they have cached.
 */
export async function addCreditAgain(
  tx: Queries,
  { websiteId, reason }: CreditAgainInput & { websiteId: string },
): Promise<void> {
  const input: CreditAgainInput = { reason }
  for (const afterMs of [0, settleMs]) await addJob(tx, { websiteId, kind: creditAgainKind, input, afterMs })
}

/** Does not fill the queue: a late touch that comes while the job runs waits for what is in it. */
export const creditAgain: DoStep = async (tx, { websiteId, input, position }) => {
  const { reason } = input as CreditAgainInput // as added above
  const after = (position as { after: string } | null)?.after ?? '0'
  const total = position === null ? await count(tx, websiteId) : undefined
  if (!(await hasRoomInQueue(tx))) return { position: { after }, done: 0, total, afterMs: fullQueueMs }

  const params = { website_id: websiteId, after, limit: atOnce }
  const rows = await run<{ id: string; customer_id: string }, keyof typeof params>(tx, customerSelect, params)
  const customers = [...new Set(rows.map(({ customer_id }) => customer_id))]
  await enqueueCredit(
    tx,
    customers.map((customerId) => ({ websiteId, customerId, reason })),
  )
  const last = rows.at(-1)
  return {
    position: last && rows.length === atOnce ? { after: last.id } : undefined,
    done: rows.length,
    total,
  }
}

async function count(tx: Transaction, websiteId: string): Promise<number | undefined> {
  const params = { website_id: websiteId, limit: countLimit }
  const [row] = await run<{ count: number }, keyof typeof params>(tx, conversionCount, params)
  return row && row.count < countLimit ? row.count : undefined
}

const conversionCount = statement(countConversions, 'website_id', 'limit')
const customerSelect = statement(selectConvertedCustomers, 'website_id', 'after', 'limit')
