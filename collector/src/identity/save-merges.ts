/** Records merges. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type MergeRow, readMerge, type StoredMerge } from './lock-persons.ts'
import type { Merge } from './persons.ts'
import insertMerges from './sql/insert_merges.sql?raw'

/** A merge before it is recorded. */
export interface NewMerge extends Omit<Merge, 'id'> {
  websiteId: string
  /** The event that showed it; null: an operator said so. */
  eventId: string | null
  /** The operator; null: the collector. */
  by: string | null
  reason: string | null
}

/** Records merges in this order, which is their precedence. Requires the lock of their websites. */
export async function saveMerges(tx: Queries, merges: readonly NewMerge[]): Promise<StoredMerge[]> {
  const rows = await runRows<MergeRow, NewMerge>(tx, mergeInsert, merges)
  return rows.map(readMerge)
}

const mergeInsert = rowStatement<NewMerge>(insertMerges, {
  website_id: ({ websiteId }) => websiteId,
  from_customer_id: ({ from }) => from,
  into_customer_id: ({ into }) => into,
  cause: ({ cause }) => cause,
  source_event_id: ({ eventId }) => eventId,
  merged_by: ({ by }) => by,
  reason: ({ reason }) => reason,
})
