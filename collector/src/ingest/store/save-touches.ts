/** Saves the touches of a group's events, as rows of `touches`. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CustomerKey } from '../../identity/customer.ts'
import type { Origin, OriginIds, OriginIdsOf } from '../event.ts'
import { originColumns } from './origin-columns.ts'
import type { Placement, TouchRow } from './place.ts'
import refreshCustomerTouches from './sql/refresh_customer_touches.sql?raw'
import upsertTouches from './sql/upsert_touches.sql?raw'

type Row = TouchRow & { originIds: OriginIds }

/** The customers must be locked. A touch seen again in its session keeps the earliest time. Sends all statements in one round trip. */
export async function saveTouches(
  tx: Queries,
  { touches, touched }: Placement,
  originIdsOf: OriginIdsOf,
): Promise<void> {
  const rows = touches.map((row): Row => ({ ...row, originIds: originIdsOf(row.touch.origin) }))
  await Promise.all([
    runRows(tx, touchUpsert, inLockOrder(rows, touchName)),
    runRows(
      tx,
      customerRefresh,
      inLockOrder(touched, ({ id }) => id),
    ),
  ])
}

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

/** The attributes of a touch that have no table of their own, as JSON; null: none. */
export function metadataOf({ source: { clickIdValue, utm } }: Origin): string | null {
  const all = [['click_id', clickIdValue], ...describing.map((name) => [`utm_${name}`, utm[name]])]
  const present = all.filter(([, value]) => value)
  return present.length > 0 ? JSON.stringify(Object.fromEntries(present)) : null
}
