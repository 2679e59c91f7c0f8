/** Loads the touches around a conversion, with the names of their sources. */
import { sourceMedium } from '@headwater/attribution/click-ids'
import { referrerCategory } from '@headwater/attribution/referrer'
import type { Db } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { TimedTouch } from './explain-touches.ts'
import selectNearbyTouches from './sql/select_nearby_touches.sql?raw'
import selectTouchDetails from './sql/select_touch_details.sql?raw'

/** Touches of a customer up to the conversion: more than can earn credit. */
const touchesUntil = 500
const touchesAfter = 100

export interface TouchSearch {
  /** Those whose touches are looked for. */
  customerIds: Iterable<string>
  /** Of the conversion, in epoch ms. */
  at: number
  /** Touches to load wherever they are. */
  ids: Iterable<string>
}

export interface LoadedTouches {
  touches: TimedTouch[]
  /** How many more touches these customers have. */
  notListed: number
}

export async function loadTouches(
  db: Db,
  websiteId: string,
  { customerIds, at, ids }: TouchSearch,
): Promise<LoadedTouches> {
  const customers = [...customerIds].map((customerId) => ({ websiteId, customerId }))
  const limits = { at, until_limit: touchesUntil, after_limit: touchesAfter }
  const nearby = await runRows<NearbyRow, (typeof customers)[number], keyof typeof limits>(
    db,
    nearbySelect,
    customers,
    limits,
  )
  const wanted = [...new Set([...nearby.map(({ id }) => id), ...ids])].map((id) => ({ websiteId, id }))
  const rows = await runRows<TouchRow, (typeof wanted)[number]>(db, detailSelect, wanted)
  const totals = new Map(nearby.map(({ customer_id, total }) => [customer_id, total]))
  const total = [...totals.values()].reduce((sum, each) => sum + each, 0)
  const listed = rows.filter(({ customer_id }) => totals.has(customer_id)).length
  return { touches: rows.map(toTouch), notListed: total - listed }
}

interface NearbyRow {
  customer_id: string
  id: string
  total: number
}

interface TouchRow extends Omit<TimedTouch, 'occurred_at'> {
  source: string | null
}

function toTouch(row: TouchRow): TimedTouch {
  const { source, medium, click_id_type: clickIdType, referrer_domain: referrerDomain } = row
  const named = sourceMedium({
    utm: { source: source ?? undefined, medium: medium ?? undefined },
    clickIds: clickIdType ? { [clickIdType]: '1' } : {},
    referrerDomain: referrerDomain ?? undefined,
    referrerCategory: referrerDomain === null ? undefined : referrerCategory(referrerDomain),
  })
  return {
    ...row,
    source: named.source,
    medium: named.medium,
    occurred_at: new Date(row.at).toISOString(),
  }
}

const nearbySelect = rowStatement<
  { websiteId: string; customerId: string },
  'at' | 'until_limit' | 'after_limit'
>(
  selectNearbyTouches,
  { website_id: ({ websiteId }) => websiteId, customer_id: ({ customerId }) => customerId },
  'at',
  'until_limit',
  'after_limit',
)

const detailSelect = rowStatement<{ websiteId: string; id: string }>(selectTouchDetails, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})
