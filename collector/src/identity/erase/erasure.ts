/** The record of an erasure: a receipt of what is gone, and, while it goes on, how far it is. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import insertErasure from './sql/insert_erasure.sql?raw'
import lockErasureSql from './sql/lock_erasure.sql?raw'
import selectErasure from './sql/select_erasure.sql?raw'
import selectErasuresAt from './sql/select_erasures_at.sql?raw'
import updateErasure from './sql/update_erasure.sql?raw'

/** The tables that an erasure removes rows from. */
export type ErasedTable =
  | 'conversion_credits'
  | 'credit_versions'
  | 'conversions'
  | 'touches'
  | 'sessions_tracking'
  | 'events'
  | 'rejected_events'
  | 'credit_queue'
  | 'customer_identity_links'
  | 'customer_merges'
  | 'identity_conflicts'
  | 'customers'

/** What an erasure has done. Times are ISO 8601, UTC. */
export interface Receipt {
  /** The customers that were the person. */
  customer_ids: string[]
  /** Events of the person's identities that occurred before are refused. */
  erased_at: string
  /** Identities that stay as hashes, with `erased_at`, so that late events can be refused. */
  identities: number
  /** Rows removed, by table. */
  rows: Record<ErasedTable, number>
}

/** How far an erasure is. */
export interface Pending {
  /** Of the person: rejected events are found by them. */
  identity_hashes: string[]
  /** Index of the table that is next. */
  stage: number
  /** The rejected event up to which all were looked at. */
  rejected_to: string
}

/** A row of `erasures`. */
export interface Erasure extends Receipt {
  id: string
  website_id: string
  /** The canonical customer. */
  customer_id: string
  erased_by: string
  /** Null: rows are still being removed. */
  finished_at: Date | null
}

/** `pending` is null when it is finished. */
export type ErasureInProgress = Erasure & { pending: Pending | null }

export const noRows: Readonly<Record<ErasedTable, number>> = {
  conversion_credits: 0,
  credit_versions: 0,
  conversions: 0,
  touches: 0,
  sessions_tracking: 0,
  events: 0,
  rejected_events: 0,
  credit_queue: 0,
  customer_identity_links: 0,
  customer_merges: 0,
  identity_conflicts: 0,
  customers: 0,
}

type NewErasure = Omit<ErasureInProgress, 'id' | 'finished_at'>

/** Adds an erasure and returns its id. */
export async function addErasure(tx: Queries, erasure: NewErasure): Promise<string> {
  const { website_id, customer_id, erased_by } = erasure
  const params = { website_id, customer_id, erased_by, receipt: receiptOf(erasure) }
  const [row] = await run<{ id: string }, keyof typeof params>(tx, erasureInsert, params)
  return (row as { id: string }).id // an insert returns its row
}

/** Saves how far it is, and returns it as it is stored. */
export async function saveErasure(tx: Queries, erasure: ErasureInProgress): Promise<ErasureInProgress> {
  const { website_id, id } = erasure
  const params = { website_id, id, receipt: receiptOf(erasure) }
  const [row] = await run<ErasureRow, keyof typeof params>(tx, erasureUpdate, params)
  return readErasure(row as ErasureRow) // it is locked, so it exists
}

/** Waits until no other step of this erasure runs. Undefined: there is none. */
export async function lockErasure(
  tx: Queries,
  websiteId: string,
  id: string,
): Promise<ErasureInProgress | undefined> {
  const params = { website_id: websiteId, id }
  const [row] = await run<ErasureRow, keyof typeof params>(tx, erasureLock, params)
  return row && readErasure(row)
}

/** The erasure that these customers were, or are being, removed by; by an identity only while it goes on. */
export async function findErasure(
  queries: Queries,
  websiteId: string,
  named: { customerId: string } | { identityHash: string },
): Promise<ErasureInProgress | undefined> {
  const params = {
    website_id: websiteId,
    customer_id: 'customerId' in named ? named.customerId : null,
    identity_hash: 'identityHash' in named ? named.identityHash : null,
  }
  const [row] = await run<ErasureRow, keyof typeof params>(queries, erasureSelect, params)
  return row && readErasure(row)
}

/**
 * The erasure that marked an identity, by the time that the mark has. Undefined when there is none, which is so if the person had lost
 * the identity before, or when two began in the same millisecond.
 */
export async function findErasureAt(
  queries: Queries,
  websiteId: string,
  erasedAt: Date,
): Promise<ErasureInProgress | undefined> {
  const params = { website_id: websiteId, erased_at: erasedAt.toISOString() }
  const [row, other] = await run<ErasureRow, keyof typeof params>(queries, erasuresAt, params)
  return row && !other ? readErasure(row) : undefined
}

interface ErasureRow {
  id: string
  website_id: string
  customer_id: string
  erased_by: string
  receipt: Receipt & { pending?: Pending }
  updated_at: Date
}

const readErasure = ({ receipt, updated_at, ...row }: ErasureRow): ErasureInProgress => ({
  ...row,
  ...receipt,
  finished_at: receipt.pending ? null : updated_at,
  pending: receipt.pending ?? null,
})

/** What was pending is not kept: it names the identities of the person. */
function receiptOf({ customer_ids, erased_at, identities, rows, pending }: NewErasure): string {
  const receipt = { customer_ids, erased_at, identities, rows }
  return JSON.stringify(pending ? { ...receipt, pending } : receipt)
}

const erasureInsert = statement(insertErasure, 'website_id', 'customer_id', 'erased_by', 'receipt')
const erasureUpdate = statement(updateErasure, 'website_id', 'id', 'receipt')
const erasureLock = statement(lockErasureSql, 'website_id', 'id')
const erasuresAt = statement(selectErasuresAt, 'website_id', 'erased_at')
const erasureSelect = statement(selectErasure, 'website_id', 'customer_id', 'identity_hash')
