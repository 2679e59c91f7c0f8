/** Saves the touches that a group's events prove, as rows of `touches`. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from '../../identity/customers.ts'
import type { Origin, OriginIds, OriginIdsOf } from '../event.ts'
import { originColumns } from './origin-columns.ts'
import type { TouchRow } from './place.ts'
import refreshCustomerTouches from './sql/refresh_customer_touches.sql?raw'
import upsertTouches from './sql/upsert_touches.sql?raw'

type Row = TouchRow & { originIds: OriginIds }

/** Their customers must be locked. A touch seen again in its session keeps the earliest time. Sends every statement before it answers. */
export async function saveTouches(
  tx: Queries,
  touches: readonly TouchRow[],
  originIdsOf: OriginIdsOf,
): Promise<void> {
  const rows = touches.map((row): Row => ({ ...row, originIds: originIdsOf(row.touch.origin) }))
  await Promise.all([
    runRows(tx, touchUpsert, inLockOrder(rows, touchName)),
    runRows(
      tx,
      customerRefresh,
      inLockOrder(customersOf(touches), ({ id }) => id),
    ),
  ])
}

/** The customers of these touches. */
export const customersOf = (touches: readonly TouchRow[]): CustomerKey[] =>
  touches.map(({ source, customerId }) => ({ websiteId: source.customer.websiteId, id: customerId }))

const touchName = ({ session, source, touch }: Row) => `${session?.id ?? `event ${source.id}`} ${touch.key}`

export const touchUpsert = rowStatement<Row>(upsertTouches, {
  website_id: ({ source }) => source.customer.websiteId,
  customer_id: ({ customerId }) => customerId,
  session_id: ({ session }) => session?.id ?? null,
  occurred_at: ({ at }) => at,
  type: ({ touch }) => touch.type,
  touch_key: ({ touch }) => touch.key,
  is_direct: ({ touch }) => touch.origin.source.isDirect,
  click_id_type: ({ touch }) => touch.origin.source.clickIdType ?? null,
  ...originColumns,
  source_event_id: ({ source }) => source.id,
  metadata: ({ touch }) => metadataOf(touch.origin),
})

const customerRefresh = rowStatement<CustomerKey>(refreshCustomerTouches, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})

const describing = ['id', 'source_platform', 'creative_format', 'marketing_tactic'] as const

/** What describes a touch and has no table of its own, as JSON; null: nothing. */
export function metadataOf({ source: { clickIdValue, utm } }: Origin): string | null {
  const all = [['click_id', clickIdValue], ...describing.map((name) => [`utm_${name}`, utm[name]])]
  const present = all.filter(([, value]) => value)
  return present.length > 0 ? JSON.stringify(Object.fromEntries(present)) : null
}
