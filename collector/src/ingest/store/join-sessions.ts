/**
 * Corrects assigned sessions when an event arrives late: deletes the touch of a former landing, and joins a session to the one
 * that it turned out to be a part of. A touch that ever earned credit is withdrawn instead: former versions of the credit show it.
 */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { JoinedRow, Placement, SessionRow } from './place.ts'
import deleteSessionSql from './sql/delete_session.sql?raw'
import deleteSessionTouches from './sql/delete_session_touches.sql?raw'
import joinSessionSql from './sql/join_session.sql?raw'
import moveSessionConversions from './sql/move_session_conversions.sql?raw'
import moveSessionEvents from './sql/move_session_events.sql?raw'
import moveSessionTouches from './sql/move_session_touches.sql?raw'
import withdrawSessionTouches from './sql/withdraw_session_touches.sql?raw'

/** The sessions of the placement must be saved, and their customers locked. Sends all statements in one round trip. */
export async function joinSessions(tx: Queries, { sessions, joined }: Placement): Promise<void> {
  await Promise.all([
    ...sessions.map((session) => takeBackLanding(tx, session)),
    ...joined.map((row) => join(tx, row)),
  ])
}

/** The former landing no longer is one: an earlier event has arrived. */
async function takeBackLanding(tx: Queries, { id, opener, stored, reopened }: SessionRow): Promise<void> {
  if (!stored || !reopened) return
  const session = { website_id: opener.customer.websiteId, session_id: id }
  const landing = { landed_at: toInstant(stored.startedAt), kept_key: reopened.touchKey }
  await removeTouches(tx, { ...session, ...landing })
}

interface RemovedTouches {
  website_id: string
  session_id: string
  landed_at: string | null
  kept_key: string | null
}

async function removeTouches(tx: Queries, removed: RemovedTouches): Promise<void> {
  await Promise.all([
    run<never, keyof RemovedTouches>(tx, touchDelete, removed),
    run<never, keyof RemovedTouches>(tx, touchWithdraw, removed),
  ])
}

async function join(tx: Queries, { session, into }: JoinedRow): Promise<void> {
  const part = { website_id: into.opener.customer.websiteId, session_id: session.id }
  const move = { ...part, into_id: into.id }
  const landing = { ...part, landed_at: toInstant(session.startedAt), kept_key: null }
  const rest = { ...part, landed_at: null, kept_key: null }
  await Promise.all([
    removeTouches(tx, landing),
    run<never, keyof typeof move>(tx, touchMove, move),
    removeTouches(tx, rest), // those that the other session has too
    run<never, keyof typeof move>(tx, eventMove, move),
    run<never, keyof typeof move>(tx, conversionMove, move),
    run<never, keyof typeof move>(tx, sessionJoin, move),
    run<never, keyof typeof part>(tx, sessionDelete, part),
  ])
}

const toInstant = (epochMs: number) => new Date(epochMs).toISOString()

const touchDelete = statement(deleteSessionTouches, 'website_id', 'session_id', 'landed_at', 'kept_key')
const touchWithdraw = statement(withdrawSessionTouches, 'website_id', 'session_id', 'landed_at', 'kept_key')
const touchMove = statement(moveSessionTouches, 'website_id', 'session_id', 'into_id')
const eventMove = statement(moveSessionEvents, 'website_id', 'session_id', 'into_id')
const conversionMove = statement(moveSessionConversions, 'website_id', 'session_id', 'into_id')
const sessionJoin = statement(joinSessionSql, 'website_id', 'session_id', 'into_id')
const sessionDelete = statement(deleteSessionSql, 'website_id', 'session_id')
