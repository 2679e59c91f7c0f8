/**
 * Fits journals to the sessions that are known, inside the transaction that stores them: a known session keeps its start,
 * and its landing the time it has. The device's clock may have been set since, and only the first batch had the old one.
 */

import { type Columns, queryRows } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { EventSession, JournalTouch } from '../event.ts'
import type { OwnedEvent, VisitingEvent } from '../store/event-rows.ts'
import { sessionKey } from '../store/session-rows.ts'
import selectSessionStarts from './sql/select_session_starts.sql?raw'

interface JournalVisit {
  owned: OwnedEvent
  visit: EventSession
}

interface StartRow {
  website_id: string
  cookie_identity_id: string
  client_session_id: string
  started_at_ms: number
}

/** Asks nothing when no event carries a journal. */
export async function fitJournals(tx: Queries, events: VisitingEvent[]): Promise<VisitingEvent[]> {
  const carriers = events.filter(({ journal }) => journal.length > 0)
  if (carriers.length === 0) return events
  const rows = carriers.flatMap((owned) => owned.journal.map(({ visit }) => ({ owned, visit })))
  const found = await queryRows<JournalVisit, StartRow>(tx, { sql: selectSessionStarts, columns, rows })
  const starts = new Map(
    found.map((row) => [
      `${row.website_id} ${row.cookie_identity_id} ${row.client_session_id}`,
      row.started_at_ms,
    ]),
  )
  const fit = (owned: OwnedEvent, touch: JournalTouch): JournalTouch => {
    const startedAt = starts.get(sessionKey(owned, touch.visit) ?? 'none')
    if (startedAt === undefined) return touch
    return { ...touch, at: Math.max(touch.at, startedAt), visit: { ...touch.visit, startedAt } }
  }
  return events.map((owned) => ({ ...owned, journal: owned.journal.map((touch) => fit(owned, touch)) }))
}

const columns: Columns<JournalVisit> = {
  website_id: ({ owned }) => owned.event.request.token.websiteId,
  cookie_identity_id: ({ owned }) => owned.visitorId ?? null,
  client_session_id: ({ visit }) => visit.clientId,
}
