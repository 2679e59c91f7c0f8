/** Finds the conversion that someone asks about, by its id or its order number. */
import type { Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { NotFoundError, OperationError } from '../../operation-error.ts'
import selectConversionsOfOrder from './sql/select_conversions_of_order.sql?raw'

/** A conversion with an order number. */
export interface OrderRow {
  id: string
  name: string
  currency: string | null
  value_cents: number | null
  over_refund_cents: number
  counted: boolean
  /** Epoch ms. */
  at: number
}

export interface OrderNumber {
  conversionId: string
  /** Of the conversion; left out: any. */
  name?: string
}

/** All with this order number, refunds included, in the order they happened. */
export function loadOrder(
  db: Db,
  websiteId: string,
  { conversionId, name }: OrderNumber,
): Promise<OrderRow[]> {
  const params = { website_id: websiteId, conversion_id: conversionId, name: name ?? null }
  return run<OrderRow, keyof typeof params>(db, orderSelect, params)
}

/**
 * The id of the conversion with this order number; its refunds share the number, and are found by their ids. Throws a
 * NotFoundError when there is none, and an OperationError when there are several.
 */
export async function findByOrder(db: Db, websiteId: string, order: OrderNumber): Promise<string> {
  const found = await loadOrder(db, websiteId, order)
  const sales = found.filter(({ value_cents }) => (value_cents ?? 0) >= 0)
  const [first, ...others] = sales.length > 0 ? sales : found
  if (!first) {
    const named = order.name === undefined ? '' : ` named ${order.name}`
    throw new NotFoundError(
      `Website ${websiteId} has no conversion${named} with the order number ${order.conversionId}.`,
    )
  }
  if (others.length > 0) throw ambiguous(order.conversionId, [first, ...others])
  return first.id
}

function ambiguous(text: string, found: readonly OrderRow[]): OperationError {
  const list = found.map(({ id, name }) => `${id} (${name})`).join(', ')
  return new OperationError(
    `Several conversions have the order number ${text}: ${list}. Pass the id of one, or its name.`,
  )
}

const orderSelect = statement(selectConversionsOfOrder, 'website_id', 'conversion_id', 'name')
