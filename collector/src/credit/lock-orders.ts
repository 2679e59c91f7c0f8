/** Locks orders, so that a purchase and its refund that arrive at the same time find each other, also when two customers report them. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion } from './conversion.ts'

type Order = Pick<Conversion, 'websiteId' | 'name' | 'conversionId'>

import lockOrdersSql from './sql/lock_orders.sql?raw'

/** Taken after all other locks, before the orders are read. Conversions without an order number need none. */
export async function lockOrders(tx: Queries, conversions: readonly Order[]): Promise<void> {
  const ordered = conversions.filter(({ conversionId }) => conversionId !== null)
  await runRows(tx, orderLock, inLockOrder(ordered, orderKey))
}

const orderKey = ({ websiteId, name, conversionId }: Order) =>
  JSON.stringify(['order', websiteId, name, conversionId])

const orderLock = rowStatement<Order>(lockOrdersSql, { order_key: orderKey })
