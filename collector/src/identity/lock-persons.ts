/** The lock under which a website decides who is one person, and the merges that were recorded under it. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from './customer.ts'
import type { Merge } from './persons.ts'
import lockPersonsSql from './sql/lock_persons.sql?raw'
import selectConnectedMerges from './sql/select_connected_merges.sql?raw'

/** A stored merge that was not undone. */
export interface StoredMerge extends Merge {
  websiteId: string
}

/** A row with the columns of a merge. */
export type MergeRow = Merge & { website_id: string }

export const readMerge = ({ website_id: websiteId, ...merge }: MergeRow): StoredMerge => ({
  ...merge,
  websiteId,
})

/** Merges and conflicts are written only under this lock, which comes after those of identities and before those of customers. */
export async function lockPersons(tx: Queries, websiteIds: Iterable<string>): Promise<void> {
  await runRows(
    tx,
    personsLock,
    inLockOrder(websiteIds, (id) => id),
  )
}

/** Returns the merges in force that connect these customers, directly or through others. Requires the lock of their websites. */
export async function loadConnected(tx: Queries, customers: readonly CustomerKey[]): Promise<StoredMerge[]> {
  const rows = await runRows<MergeRow, CustomerKey>(tx, connectedSelect, customers)
  return rows.map(readMerge)
}

type NamedPair = Pick<StoredMerge, 'websiteId' | 'from' | 'into'>

/** The customers whom merges name, and these others, once each. */
export function membersOf(merges: readonly NamedPair[], others: readonly CustomerKey[]): CustomerKey[] {
  const named = merges.flatMap(({ websiteId, from, into }) => [from, into].map((id) => ({ websiteId, id })))
  return [...new Map([...others, ...named].map(({ websiteId, id }) => [id, { websiteId, id }])).values()]
}

const personsLock = rowStatement<string>(lockPersonsSql, { website_id: (id) => id })

const connectedSelect = rowStatement<CustomerKey>(selectConnectedMerges, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ id }) => id,
})
