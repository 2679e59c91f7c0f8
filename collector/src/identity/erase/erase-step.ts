/** Removes the rows of a person in steps, each of which is short enough for the time limits of the database. */
import type { Queries } from '@headwater/db/db'
import { run, type Statement, statement } from '@headwater/db/statement'
import type { DoStep } from '@headwater/jobs/background-jobs'
import { enqueueCredit } from '../../credit/enqueue.ts'
import { lockCustomers } from '../lock-customers.ts'
import { paramsOf } from '../people/person.ts'
import {
  type ErasedTable,
  type ErasureInProgress,
  lockErasure,
  type Pending,
  saveErasure,
} from './erasure.ts'
import deleteConversions from './sql/delete_conversions.sql?raw'
import deleteCreditVersions from './sql/delete_credit_versions.sql?raw'
import deleteCredits from './sql/delete_credits.sql?raw'
import deleteCreditsOfTouches from './sql/delete_credits_of_touches.sql?raw'
import deleteCustomers from './sql/delete_customers.sql?raw'
import deleteEvents from './sql/delete_events.sql?raw'
import deleteQueueRows from './sql/delete_queue_rows.sql?raw'
import deleteRejectedEvents from './sql/delete_rejected_events.sql?raw'
import deleteSessions from './sql/delete_sessions.sql?raw'
import deleteTouches from './sql/delete_touches.sql?raw'
import releaseMerged from './sql/release_merged_customers.sql?raw'

type ChunkStatement = Statement<'website_id' | 'customer_ids' | 'limit'>

const chunk = ['website_id', 'customer_ids', 'limit'] as const

/** What goes first refers to what goes later. Customers are last: as long as they exist, the erasure can be repeated. */
const stages: readonly { table: ErasedTable; statement: ChunkStatement }[] = [
  { table: 'conversion_credits', statement: statement(deleteCredits, ...chunk) },
  { table: 'conversion_credits', statement: statement(deleteCreditsOfTouches, ...chunk) },
  { table: 'credit_versions', statement: statement(deleteCreditVersions, ...chunk) },
  { table: 'conversions', statement: statement(deleteConversions, ...chunk) },
  { table: 'touches', statement: statement(deleteTouches, ...chunk) },
  { table: 'sessions_tracking', statement: statement(deleteSessions, ...chunk) },
  { table: 'events', statement: statement(deleteEvents, ...chunk) },
]

/** A step removes about this many rows: 0.2 to 0.5 s on the reference machine, touches being the slowest. */
const rowsPerStep = 2_000
/** Rejected events that a step looks at; there is no index by identity, because only an erasure would use it. */
const rejectedPerStep = 20_000

/** The step of a background job that finishes what its caller did not. */
export const doEraseStep: DoStep = async (tx, { websiteId, input }) => {
  const { erasure: id } = input as { erasure: string } // written by beginErasure
  const erasure = await eraseStep(tx, websiteId, id)
  return erasure?.pending ? { position: erasure.pending.stage, done: 1 } : { done: 1 }
}

/** Removes the next rows. `pending` is null in the result when nothing is left. Undefined: there is no such erasure. */
export async function eraseStep(
  tx: Queries,
  websiteId: string,
  id: string,
  limit = rowsPerStep,
): Promise<ErasureInProgress | undefined> {
  const erasure = await lockErasure(tx, websiteId, id)
  if (!erasure?.pending) return erasure
  const customers = erasure.customer_ids.map((id) => ({ websiteId, id }))
  await lockCustomers(tx, customers) // a worker that credits them waits, or has ended
  const next = await removeRows(tx, { ...erasure, pending: erasure.pending }, limit)
  return saveErasure(tx, next)
}

type Unfinished = ErasureInProgress & { pending: Pending }

async function removeRows(tx: Queries, erasure: Unfinished, limit: number): Promise<ErasureInProgress> {
  const rows = { ...erasure.rows }
  let { stage } = erasure.pending
  let room = limit
  for (; stage < stages.length; stage++) {
    const { table, statement } = stages[stage] as (typeof stages)[number] // within its length
    const { removed, dependents } = await removeChunk(tx, erasure, { statement, limit: room })
    await enqueueCredit(
      tx,
      dependents.map((customerId) => ({ websiteId: erasure.website_id, customerId, reason: 'erase' })),
    )
    rows[table] += removed
    room -= removed
    if (room <= 0) return { ...erasure, rows, pending: { ...erasure.pending, stage } }
  }
  const { removed, scanned_to } = await removeRejected(tx, erasure)
  rows.rejected_events += removed
  if (scanned_to !== null)
    return { ...erasure, rows, pending: { ...erasure.pending, stage, rejected_to: scanned_to } }
  return removeCustomers(tx, { ...erasure, rows })
}

interface Removed {
  removed: number
}

async function removeChunk(
  tx: Queries,
  erasure: ErasureInProgress,
  { statement, limit }: { statement: ChunkStatement; limit: number },
): Promise<Removed & { dependents: string[] }> {
  const params = { ...customersOf(erasure), limit }
  const [row] = await run<Removed & { dependents: string[] }, keyof typeof params>(tx, statement, params)
  return row as Removed & { dependents: string[] } // an aggregate has one row
}

async function removeRejected(
  tx: Queries,
  { website_id, pending }: Unfinished,
): Promise<Removed & { scanned_to: string | null }> {
  const params = {
    website_id,
    identity_hashes: `{${pending.identity_hashes}}`,
    after: pending.rejected_to,
    limit: rejectedPerStep,
  }
  const [row] = await run<Removed & { scanned_to: string | null }, keyof typeof params>(
    tx,
    rejectedDelete,
    params,
  )
  return row as Removed & { scanned_to: string | null } // an aggregate has one row
}

/** Also takes what others may have written for them meanwhile: a worker that had begun before. */
async function removeCustomers(tx: Queries, erasure: ErasureInProgress): Promise<ErasureInProgress> {
  const params = customersOf(erasure)
  const [queued, , customers] = await Promise.all([
    run<Removed, keyof typeof params>(tx, queueDelete, params),
    run<never, keyof typeof params>(tx, mergedRelease, params),
    run<Removed, keyof typeof params>(tx, customerDelete, params),
  ])
  const rows = {
    ...erasure.rows,
    credit_queue: erasure.rows.credit_queue + (queued[0]?.removed ?? 0),
    customers: customers[0]?.removed ?? 0,
  }
  return { ...erasure, rows, pending: null }
}

const customersOf = ({ website_id: websiteId, customer_ids: customerIds }: ErasureInProgress) =>
  paramsOf({ websiteId, customerIds })

const rejectedDelete = statement(deleteRejectedEvents, 'website_id', 'identity_hashes', 'after', 'limit')
const queueDelete = statement(deleteQueueRows, 'website_id', 'customer_ids')
const mergedRelease = statement(releaseMerged, 'website_id', 'customer_ids')
const customerDelete = statement(deleteCustomers, 'website_id', 'customer_ids')
