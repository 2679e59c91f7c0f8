/** Saves what a group's events add to their sessions, as rows of `sessions_tracking`. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { type Columns, rowStatement, runRows } from '@headwater/db/statement'
import type { OriginIds, OriginIdsOf } from '../event.ts'
import { originColumns } from './origin-columns.ts'
import type { SessionRow } from './place.ts'
import fillSessionLandings from './sql/fill_session_landings.sql?raw'
import insertSessions from './sql/insert_sessions.sql?raw'
import updateSessions from './sql/update_sessions.sql?raw'

type Row = SessionRow & { originIds: OriginIds }

/**
 * Inserts new sessions and updates stored ones, independent of the order of arrival. A stored session without a landing takes it,
 * with its source, from the first report that has one; an assigned one, from its earliest event. Sends all statements in one round trip.
 */
export async function saveSessions(
  tx: Queries,
  sessions: readonly SessionRow[],
  originIdsOf: OriginIdsOf,
): Promise<void> {
  const inOrder = inLockOrder(sessions, ({ id }) => id)
  const withOrigin = (rows: SessionRow[]): Row[] =>
    rows.map((row) => ({ ...row, originIds: row.reported.originIds ?? originIdsOf(row.reported.origin) }))
  const opened = inOrder.filter(({ stored }) => !stored)
  const continued = inOrder.filter(({ stored }) => stored)
  const landed = continued.filter(
    ({ stored, reported, reopened }) => reopened || (!stored?.hasLanding && reported.landingUrl !== null),
  )
  await Promise.all([
    runRows(tx, sessionInsert, withOrigin(opened)),
    runRows(tx, sessionUpdate, continued),
    runRows(tx, landingFill, withOrigin(landed)),
  ])
}

const landingColumns: Columns<Row> = {
  ...originColumns,
  landing_url: ({ reported }) => reported.landingUrl,
  referrer_url: ({ reported }) => reported.referrerUrl,
}

const sessionInsert = rowStatement<Row>(insertSessions, {
  website_id: ({ opener }) => opener.customer.websiteId,
  id: ({ id }) => id,
  customer_id: ({ opener }) => opener.customer.id,
  type: ({ opener }) => opener.visitor?.type ?? null,
  value_hash: ({ opener }) => opener.visitor?.hash ?? null,
  client_session_id: ({ reported }) => reported.clientId,
  started_at: ({ startedAt }) => startedAt,
  ended_at: ({ endedAt }) => endedAt,
  view_count: ({ views }) => views,
  ...landingColumns,
  ip: ({ opener }) => opener.event.request.ip,
  user_agent: ({ opener }) => opener.event.request.userAgent,
  is_bot: ({ opener }) => opener.event.request.isBot,
  ingestion_token_id: ({ opener }) => opener.event.request.token.id,
  sdk_version: ({ opener }) => opener.event.request.sdkVersion,
  is_assigned: ({ isAssigned }) => isAssigned,
})

const sessionUpdate = rowStatement<SessionRow>(updateSessions, {
  website_id: ({ opener }) => opener.customer.websiteId,
  id: ({ id }) => id,
  started_at: ({ startedAt }) => startedAt,
  ended_at: ({ endedAt }) => endedAt,
  view_count: ({ views }) => views,
  is_assigned: ({ isAssigned }) => isAssigned,
})

const landingFill = rowStatement<Row>(fillSessionLandings, {
  website_id: ({ opener }) => opener.customer.websiteId,
  id: ({ id }) => id,
  ...landingColumns,
  replaces: ({ reopened }) => reopened !== undefined,
})
