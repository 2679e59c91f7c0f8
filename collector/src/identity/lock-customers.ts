/** The locks of customers: taken after those of identities and persons, in the order of their ids. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from './customer.ts'
import lockCustomersSql from './sql/lock_customers.sql?raw'

/**
 * Locks customers whose touches or conversions are about to be written, and the canonical customer of each, so that
 * transactions that write for one person see each other's rows.
 */
export async function lockCustomers(tx: Queries, customers: Iterable<CustomerKey>): Promise<void> {
  await runRows(
    tx,
    customerLock,
    inLockOrder(customers, ({ id }) => id),
  )
}

const customerLock = rowStatement<CustomerKey>(lockCustomersSql, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})
