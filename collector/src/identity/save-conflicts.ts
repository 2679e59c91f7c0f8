/** Records evidence on which the rules do not act. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from './customer.ts'
import type { SeenConflict } from './ledger.ts'
import { compareIds } from './persons.ts'
import settleConflictsSql from './sql/settle_conflicts.sql?raw'
import upsertConflicts from './sql/upsert_conflicts.sql?raw'

/** A conflict before it is recorded. */
export interface NewConflict {
  websiteId: string
  kind: SeenConflict['kind']
  customerId: string
  /** Null: it is about one customer. */
  otherId: string | null
  /** What both show; null: nothing of the kind. */
  identityId: string | null
}

/** Records conflicts, once each whichever customer comes first. Requires the lock of their websites. */
export async function saveConflicts(tx: Queries, conflicts: readonly NewConflict[]): Promise<void> {
  await runRows(tx, conflictUpsert, inLockOrder(conflicts.map(lowerFirst), keyOf))
}

/** Settles the conflicts between customers who became one person, and opens those between customers who were parted. */
export async function settleConflicts(tx: Queries, customers: readonly CustomerKey[]): Promise<void> {
  await runRows(tx, conflictSettlement, customers)
}

function lowerFirst(conflict: NewConflict): NewConflict {
  const { customerId, otherId } = conflict
  if (otherId === null || compareIds(customerId, otherId) < 0) return conflict
  return { ...conflict, customerId: otherId, otherId: customerId }
}

const keyOf = ({ websiteId, kind, customerId, otherId, identityId }: NewConflict): string =>
  `${websiteId} ${kind} ${customerId} ${otherId} ${identityId}`

const conflictUpsert = rowStatement<NewConflict>(upsertConflicts, {
  website_id: ({ websiteId }) => websiteId,
  kind: ({ kind }) => kind,
  customer_id: ({ customerId }) => customerId,
  other_customer_id: ({ otherId }) => otherId,
  identity_id: ({ identityId }) => identityId,
})

const conflictSettlement = rowStatement<CustomerKey>(settleConflictsSql, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ id }) => id,
})
