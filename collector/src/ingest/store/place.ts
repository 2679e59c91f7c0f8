/** Places new events in their sessions, without I/O: computes the rows of the events, their sessions and their touches. */
import type { CustomerKey } from '../../identity/customer.ts'
import type { EventSession, EventTouch, IngestEvent, OwnedEvent } from '../event.ts'
import type { Assigned, Assignment } from '../sessions/assign-sessions.ts'
import { type StoredSession, sessionKey } from '../sessions/known-sessions.ts'

/** An event with its session. */
export interface PlacedEvent {
  owned: OwnedEvent
  /** Undefined: no session. */
  session: SessionRow | undefined
}

/** A session with what the events of a group add to it. Times are epoch ms. */
export interface SessionRow {
  id: string
  /** Undefined: the group opens it. */
  stored: StoredSession | undefined
  /** The event that opens it, unless it is stored. */
  opener: OwnedEvent
  /** The first report that has its landing. */
  reported: EventSession
  startedAt: number
  endedAt: number
  views: number
  /** Whether the collector assigned it, and no client reports it. */
  isAssigned: boolean
  /** Only of a stored session with an earlier event as its new landing: the touch of that event; null: none. */
  reopened?: { touchKey: string | null }
}

/** A stored session that becomes a part of another. */
export interface JoinedRow {
  session: StoredSession
  into: SessionRow
}

/** A touch that is not stored yet, or stored with a later time. */
export interface TouchRow {
  touch: EventTouch
  at: number
  /** Undefined: outside of sessions. */
  session: SessionRow | undefined
  /** The event that shows it. */
  source: OwnedEvent
  customerId: string
}

export interface Placement {
  events: PlacedEvent[]
  sessions: SessionRow[]
  joined: JoinedRow[]
  touches: TouchRow[]
  /** The customers whose touches change. */
  touched: CustomerKey[]
}

interface Placing {
  moved?: Map<IngestEvent, Assignment>
  stored: Map<string, StoredSession>
  newId(): string
}

/** `moved` are the events of long sessions; `stored` holds the stored sessions; `newId` supplies the ids of new ones. */
export function placeEvents(
  events: readonly OwnedEvent[],
  { assignments, joined }: Assigned,
  { moved, stored, newId }: Placing,
): Placement {
  const sessions = createSessionRows(stored, newId)
  const touches = createTouchRows()
  const placed = events.map((owned): PlacedEvent => {
    const { event } = owned
    const assignment = assignments.get(owned) ?? moved?.get(event)
    const { session: reported = event.session, touches: proven = event.touches } = assignment ?? {}
    const session = reported && sessions.add(owned, reported)
    if (session && assignment?.reopens) reopen(session, reported, proven)
    if (session) witness(session, owned)
    for (const touch of proven) touches.add(owned, touch, session)
    for (const touch of event.earlierTouches)
      touches.add(owned, touch, sessions.addEarlier(owned, touch.session))
    return { owned, session }
  })
  const joins = joined.flatMap(({ visitor, clientId, into, owned }) => {
    const [session, row] = [stored.get(sessionKey(visitor, clientId)), sessions.add(owned, into)]
    return session && row ? [{ session, into: row }] : []
  })
  const rows = { sessions: sessions.rows(), joined: joins, touches: touches.rows() }
  return { events: placed, ...rows, touched: touchedCustomers(rows) }
}

function touchedCustomers({
  sessions,
  joined,
  touches,
}: Omit<Placement, 'events' | 'touched'>): CustomerKey[] {
  const corrected = [...sessions.filter(({ reopened }) => reopened), ...joined.map(({ into }) => into)]
  return [
    ...touches.map(({ source, customerId }) => ({ websiteId: source.customer.websiteId, id: customerId })),
    ...corrected.map(({ opener, stored }) => ({
      websiteId: opener.customer.websiteId,
      id: stored?.customerId ?? opener.customer.id,
    })),
    ...joined.map(({ session, into }) => ({
      websiteId: into.opener.customer.websiteId,
      id: session.customerId,
    })),
  ]
}

/** The earliest event becomes the landing. */
function reopen(session: SessionRow, reported: EventSession, touches: readonly EventTouch[]): void {
  if (session.reopened && session.reported.startedAt <= reported.startedAt) return
  session.reported = reported
  session.reopened = { touchKey: touches[0]?.key ?? null }
}

function witness(session: SessionRow, { event }: OwnedEvent): void {
  session.endedAt = Math.max(session.endedAt, event.occurredAt) // an assigned one may precede the start
  if (event.wire.type === 'page' || event.wire.type === 'screen') session.views += 1
}

/** One row per session of a visitor. */
function createSessionRows(stored: Map<string, StoredSession>, newId: () => string) {
  const byKey = new Map<string, SessionRow>()
  /** The events of a request share one session object, which saves the lookup by key. */
  const byReport = new Map<EventSession, SessionRow>()

  function rowOf(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
    if (!owned.visitor) return undefined // a session belongs to a visitor
    const key = sessionKey(owned.visitor, reported.clientId)
    const known = byKey.get(key)
    if (known) return known
    const found = stored.get(key)
    const startedAt = found?.startedAt ?? reported.startedAt
    const id = found?.id ?? newId()
    const row: SessionRow = {
      id,
      stored: found,
      opener: owned,
      reported,
      startedAt,
      endedAt: startedAt,
      views: 0,
      isAssigned: true,
    }
    byKey.set(key, row)
    return row
  }

  return {
    add(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
      let row = byReport.get(reported)
      if (row?.opener.visitor !== owned.visitor) row = rowOf(owned, reported)
      if (!row) return undefined
      byReport.set(reported, row)
      // In our SDKs and in the collector, the id of a session is the key of the event that opens it.
      if (owned.event.key === reported.clientId) row.opener = owned
      row.isAssigned &&= reported.isAssigned ?? false
      takeLanding(row, reported)
      row.startedAt = Math.min(row.startedAt, reported.startedAt)
      row.endedAt = Math.max(row.endedAt, reported.startedAt)
      return row
    },
    /** The session of an earlier touch. A stored one keeps its start: only its own batch had the clock of that time. */
    addEarlier(owned: OwnedEvent, reported: EventSession): SessionRow | undefined {
      const row = rowOf(owned, reported)
      if (!row) return undefined
      row.isAssigned = false
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

/** One row per touch of a session, at its earliest time, and one per touch without a session. */
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
      // The opener of each session is known only now.
      ...[...bySession].flatMap(([{ stored, opener }, rows]) =>
        [...rows.values()].map((row) => ({ ...row, customerId: stored?.customerId ?? opener.customer.id })),
      ),
    ],
  }
}
