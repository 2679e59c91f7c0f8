/** Places new events, inside the transaction that stores them: whose they are, and in which session they happened. */

import { queryRows } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import { type IdentifiedEvent, resolveCustomers } from '../../identity/customers.ts'
import type { Customer } from '../../identity/resolve.ts'
import lockCustomers from '../../identity/sql/lock_customers.sql?raw'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventSession, IngestEvent, Origin } from '../event.ts'
import { giveVisits } from '../sessions/assign-sessions.ts'
import { fitJournals } from '../sessions/fit-earlier-touches.ts'
import { loadVisits } from '../sessions/load-sessions.ts'
import { type CustomerRow, customerColumns, once } from './customer-rows.ts'
import type { OwnedEvent, PlacedEvent, StoredSession, VisitingEvent } from './event-rows.ts'
import { type SessionRow, sessionColumns, sessionKey, sessionsOf } from './session-rows.ts'
import upsertSessions from './sql/upsert_sessions.sql?raw'

/** Gives new events their customer, their session and the ids of where they came from. */
export async function placeEvents(
  tx: Queries,
  claimed: Map<IngestEvent, string>,
  originIds: Map<Origin, OriginIds>,
): Promise<PlacedEvent[]> {
  if (claimed.size === 0) return []
  const { owners, identityId } = await resolveCustomers(tx, [...claimed.keys()].map(toIdentified))
  const told = [...claimed].map(([event, id], i): VisitingEvent => {
    const { id: customerId, user: customerUser } = owners[i] as Customer // one for each event
    const { session: visit, touches, journal } = event
    return {
      event,
      id,
      customerId,
      customerUser,
      visitorId: visitorOf(event, identityId),
      visit,
      originIds: visit && originIds.get(visit.origin),
      touches,
      journal,
    }
  })
  const visiting = await fitJournals(tx, giveVisits(told, await loadVisits(tx, told), originIds))
  // In id order, before anything hangs on them: of two groups with events of one customer, one sees what the other wrote.
  const [, sessions] = await Promise.all([
    queryRows(tx, { sql: lockCustomers, columns: customerColumns, rows: customersOf(told) }),
    storeSessions(tx, sessionsOf(visiting, originIds)),
  ])
  return visiting.map((event) => {
    const sessionOf = (visit: EventSession | undefined) => sessions.get(sessionKey(event, visit) ?? 'none')
    const session = sessionOf(event.visit)
    const journal = event.journal.map((touch) => ({ touch, session: sessionOf(touch.visit) }))
    return { ...event, session, journal }
  })
}

type IdentityId = Awaited<ReturnType<typeof resolveCustomers>>['identityId']

function visitorOf({ request, cookie, user }: IngestEvent, identityId: IdentityId): string | undefined {
  const identity = cookie ?? user
  return identity && identityId(request.token.websiteId, identity)
}

function toIdentified({
  request,
  occurredAt,
  cookie,
  user,
  others,
  emailHash,
}: IngestEvent): IdentifiedEvent {
  return { websiteId: request.token.websiteId, occurredAt, cookie, user, others, emailHash }
}

type SessionAnswer = Record<
  'website_id' | 'cookie_identity_id' | 'client_session_id' | 'id' | 'customer_id',
  string
>

/** By the name that `sessionKey` gives. */
async function storeSessions(tx: Queries, rows: SessionRow[]): Promise<Map<string, StoredSession>> {
  const upsert = { sql: upsertSessions, columns: sessionColumns, rows }
  const stored = await queryRows<SessionRow, SessionAnswer>(tx, upsert)
  return new Map(
    stored.map(({ website_id, cookie_identity_id, client_session_id, id, customer_id }) => [
      `${website_id} ${cookie_identity_id} ${client_session_id}`,
      { id, customerId: customer_id },
    ]),
  )
}

function customersOf(events: OwnedEvent[]): CustomerRow[] {
  return once(
    events.map(({ event, customerId }) => ({
      website_id: event.request.token.websiteId,
      customer_id: customerId,
    })),
  )
}
