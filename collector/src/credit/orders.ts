/** Loads the orders that new refunds belong to: the conversion that is refunded, with its credit, and its earlier refunds. */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion } from './conversion.ts'
import { orderKey, type Refund, type Sale } from './refunds.ts'
import selectOrders from './sql/select_orders.sql?raw'
import { type CreditedRow, readCredited } from './stored-credit.ts'

export interface Order {
  /** Undefined: not stored. */
  sale?: Sale
  refunds: Refund[]
}

/** By `orderKey`: one for each refund, which is not in it. */
export async function loadOrders(tx: Queries, refunds: readonly Conversion[]): Promise<Map<string, Order>> {
  const orders = new Map(refunds.map((refund): [string, Order] => [orderKey(refund), { refunds: [] }]))
  const asked = new Map(refunds.map((refund) => [orderKey(refund), refund]))
  for (const row of await runRows<OrderRow, Conversion>(tx, orderSelect, [...asked.values()])) {
    const {
      website_id: websiteId,
      name,
      conversion_id: conversionId,
      currency,
      value_cents: valueCents,
    } = row
    const order = orders.get(orderKey({ websiteId, name, conversionId, currency }))
    const { event_id: eventId, occurred_at: occurredAt, counted } = row
    if (valueCents !== null && valueCents < 0)
      order?.refunds.push({ eventId, occurredAt, valueCents, counted })
    else if (order) order.sale = { valueCents, counted, ...readCredited(row) }
  }
  return orders
}

interface OrderRow extends CreditedRow {
  website_id: string
  event_id: string
  name: string
  conversion_id: string
  occurred_at: number
  value_cents: number | null
  currency: string | null
  counted: boolean
}

const orderSelect = rowStatement<Conversion>(selectOrders, {
  website_id: ({ websiteId }) => websiteId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
  currency: ({ currency }) => currency,
})
