/** Finds the persons whose stored conversions may owe credit to what has changed before them. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import enqueueLateTouches from './sql/enqueue_late_touches.sql?raw'

/** A touch that was added, moved or withdrawn, or an event that models name. */
export interface PathChange {
  websiteId: string
  customerId: string
  /** Epoch ms; of a move, the earlier time. */
  at: number
}

/**
 * Adds to the queue the customers whose person has a stored conversion at or after a change. The customers must be locked, and
 * the conversions of the transaction not stored yet: those are credited to all touches anyway.
 */
export async function enqueueLateChanges(tx: Queries, changes: readonly PathChange[]): Promise<void> {
  const earliest = inLockOrder(
    changes,
    ({ customerId }) => customerId,
    (kept, next) => (next.at < kept.at ? next : kept),
  )
  await runRows(tx, lateEnqueue, earliest)
}

const lateEnqueue = rowStatement<PathChange>(enqueueLateTouches, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
  since: ({ at }) => at,
})
