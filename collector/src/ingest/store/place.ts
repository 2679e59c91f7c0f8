/** Places new events in their sessions, without I/O: which rows the events, their sessions and their touches become. */
import type { EventSession, EventTouch, OwnedEvent } from '../event.ts'
import type { Assignments } from '../sessions/assign-sessions.ts'
import { type StoredSession, sessionKey } from '../sessions/known-sessions.ts'

/** An event with its session. */
export interface PlacedEvent {
  owned: OwnedEvent
  /** Undefined: it belongs to none. */
  session: SessionRow | undefined
}

/** A session with what the events of a group add to it. Times are epoch ms. */
export interface SessionRow {
  id: string
  /** Undefined: the group opens it. */
  stored: StoredSession | undefined
  /** The event that opens it, if nothing has. */
  opener: OwnedEvent
  /** As the first event that knows its landing reports it. */
  reported: EventSession
  startedAt: number
  endedAt: number
  views: number
}

/** A touch that is not stored yet, or at a later time. */
export interface TouchRow {
  touch: EventTouch
  at: number
  /** Undefined: it stands for itself. */
  session: SessionRow | undefined
  /** The event that proves it. */
  source: OwnedEvent
  customerId: string
}

export interface Placement {
  events: PlacedEvent[]
  sessions: SessionRow[]
  touches: TouchRow[]
}

/** `stored` are the sessions that the database knows, `newId` names those that are opened. */
export function placeEvents(
  events: readonly OwnedEvent[],
  assigned: Assignments,
  { stored, newId }: { stored: Map<string, StoredSession>; newId: () => string },
): Placement {
  const sessions = createSessionRows(stored, newId)
  const touches = createTouchRows()
  const placed = events.map((owned): PlacedEvent => {
    const { event } = owned
    const { session: reported = event.session, touches: proven = event.touches } = assigned.get(owned) ?? {}
    const session = reported && sessions.add(owned, reported)
    if (session) witness(session, owned)
    for (const touch of proven) touches.add(owned, touch, session)
    for (const touch of event.earlierTouches)
      touches.add(owned, touch, sessions.addEarlier(owned, touch.session))
    return { owned, session }
  })
  return { events: placed, sessions: sessions.rows(), touches: touches.rows() }
}

function witness(session: SessionRow, { event }: OwnedEvent): void {
  session.endedAt = Math.max(session.endedAt, event.occurredAt) // one that the rule assigns may come before the start
  if (event.wire.type === 'page' || event.wire.type === 'screen') session.views += 1
}

/** One row a session of a visitor. */
function createSessionRows(stored: Map<string, StoredSession>, newId: () => string) {
  const byKey = new Map<string, SessionRow>()
  /** The events of a request share the object of their session, which saves the look-up by key. */
  const byReport = new Map<EventSession, SessionRow>()

  function rowOf(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
    if (!owned.visitor) return undefined // a session belongs to a visitor
    const key = sessionKey(owned.visitor, reported.clientId)
    const known = byKey.get(key)
    if (known) return known
    const found = stored.get(key)
    const startedAt = found?.startedAt ?? reported.startedAt
    const id = found?.id ?? newId()
    const row = { id, stored: found, opener: owned, reported, startedAt, endedAt: startedAt, views: 0 }
    byKey.set(key, row)
    return row
  }

  return {
    add(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
      let row = byReport.get(reported)
      if (row?.opener.visitor !== owned.visitor) row = rowOf(owned, reported)
      if (!row) return undefined
      byReport.set(reported, row)
      // A session is named after the event that opens it, by our SDKs and by the collector.
      if (owned.event.key === reported.clientId) row.opener = owned
      takeLanding(row, reported)
      row.startedAt = Math.min(row.startedAt, reported.startedAt)
      row.endedAt = Math.max(row.endedAt, reported.startedAt)
      return row
    },
    /** The session of an earlier touch. A stored one keeps its start: only its own batch had the clock of then. */
    addEarlier(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
      const row = rowOf(owned, reported)
      if (!row) return undefined
      takeLanding(row, reported)
      if (!row.stored) row.startedAt = Math.min(row.startedAt, reported.startedAt)
      return row
    },
    rows: () => [...byKey.values()],
  }
}

/** The first report with a landing sets it. */
function takeLanding(row: SessionRow, reported: EventSession): void {
  if (row.reported.landingUrl === null && reported.landingUrl !== null) row.reported = reported
}

/** One row a touch of a session, at its earliest time; a touch without a session stands for itself. */
function createTouchRows() {
  const bySession = new Map<SessionRow, Map<string, TouchRow>>()
  const alone: TouchRow[] = []

  return {
    add(source: OwnedEvent, touch: EventTouch, session: SessionRow | undefined): void {
      if (!session) {
        alone.push({ touch, at: touch.at, session, source, customerId: source.customer.id })
        return
      }
      const { stored } = session
      // The landing of a stored session did not happen before its start.
      const at = 'session' in touch && stored ? Math.max(touch.at, stored.startedAt) : touch.at
      const storedAt = stored?.touches.get(touch.key)
      if (storedAt !== undefined && storedAt <= at) return
      const rows = bySession.get(session) ?? new Map<string, TouchRow>()
      const known = rows.get(touch.key)
      if (known && known.at <= at) return
      rows.set(touch.key, { touch, at, session, source, customerId: '' })
      bySession.set(session, rows)
    },
    rows: (): TouchRow[] => [
      ...alone,
      // Only now is it known who opened each session.
      ...[...bySession].flatMap(([{ stored, opener }, rows]) =>
        [...rows.values()].map((row) => ({ ...row, customerId: stored?.customerId ?? opener.customer.id })),
      ),
    ],
  }
}
