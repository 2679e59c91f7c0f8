/**
 * Assigns a session to each event that came without one, without I/O: by the rule of sessions, the one that its visitor has
 * in progress, or one that it opens. A session that a client reports begins when its client says, and is not split here.
 */
import { parseCampaign } from '@headwater/attribution/campaign'
import { continuesSession, type NextMoment } from '@headwater/attribution/session'
import type { IdentityKey } from '../../identity/resolve.ts'
import type { EventSession, EventTouch, IngestEvent, OwnedEvent } from '../event.ts'
import type { RecentSession } from './known-sessions.ts'
import { sessionOfDay } from './session-days.ts'

export interface Assignment {
  session: EventSession
  touches: readonly EventTouch[]
}

export type Assignments = Map<OwnedEvent, Assignment>

/**
 * Answers with an assignment for each event that came without a session, the same whatever the order of the events is.
 * `recent` holds the stored sessions around their times.
 */
export function assignSessions(events: readonly OwnedEvent[], recent: readonly RecentSession[]): Assignments {
  const assigned: Assignments = new Map()
  const arriving = events.filter(({ event }) => event.arrival).sort(byTime)
  if (arriving.length === 0) return assigned

  const inOrder = [...events].sort(byTime)
  const book = openBook([...recent, ...inOrder.flatMap(reportedBy)])
  for (const session of inOrder.flatMap(earlierSessions)) if (!book.find(session)) book.add(session)
  for (const owned of arriving) assigned.set(owned, assign(owned, book))
  return assigned
}

function reportedBy(owned: OwnedEvent): RecentSession[] {
  return describe(owned, owned.event.session, owned.event.occurredAt)
}

/** Of the session of an earlier touch only the start is known. */
function earlierSessions(owned: OwnedEvent): RecentSession[] {
  return owned.event.earlierTouches.flatMap(({ session, at }) => describe(owned, session, at))
}

function describe(
  { visitor, customer }: OwnedEvent,
  session: EventSession | undefined,
  lastSeenAt: number,
): RecentSession[] {
  if (!session || !visitor) return []
  const { clientId, startedAt, landingUrl, referrerUrl } = session
  const described = { visitor: visitor.key, clientId, startedAt, lastSeenAt, landingUrl, referrerUrl }
  return [{ ...described, reported: session, user: customer.user }]
}

// Keys decide between events of one instant, so that the order of arrival does not.
const byTime = ({ event: a }: OwnedEvent, { event: b }: OwnedEvent) =>
  a.occurredAt - b.occurredAt || (a.key < b.key ? -1 : 1)

type Book = ReturnType<typeof openBook>

/** The sessions of each visitor; those reported several times are one. */
function openBook(sessions: readonly RecentSession[]) {
  const byVisitor = new Map<IdentityKey, RecentSession[]>()
  const book = {
    of: (visitor: IdentityKey) => byVisitor.get(visitor) ?? [],
    find: ({ visitor, clientId }: RecentSession) =>
      book.of(visitor).find((known) => known.clientId === clientId),
    add(session: RecentSession) {
      const same = book.find(session)
      if (same) merge(same, session)
      else byVisitor.set(session.visitor, [...book.of(session.visitor), { ...session }])
    },
  }
  for (const session of sessions) book.add(session)
  return book
}

function merge(known: RecentSession, next: RecentSession): void {
  if (known.landingUrl === null) {
    const { landingUrl, referrerUrl, originIds, reported } = next
    Object.assign(known, { landingUrl, referrerUrl, originIds, reported })
  }
  known.startedAt = Math.min(known.startedAt, next.startedAt)
  known.lastSeenAt = Math.max(known.lastSeenAt, next.lastSeenAt)
  known.user ??= next.user
}

function assign(owned: OwnedEvent, book: Book): Assignment {
  const { event } = owned
  const visitor = event.cookie?.key as IdentityKey // an event that may arrive has a cookie
  const current = sessionAt(book.of(visitor), event.occurredAt)
  if (current && continues(current, event)) {
    const next = nextMoment(event)
    current.lastSeenAt = Math.max(current.lastSeenAt, next.at)
    current.user ??= next.userId ?? null
    // Its campaign, if it shows one, is that of the session, whose landing has left the touch.
    return { session: continuation(current, event), touches: [] }
  }
  const session = event.arrival as EventSession // only such events are assigned
  for (const opened of describe(owned, session, event.occurredAt)) book.add(opened)
  return { session, touches: event.touches }
}

/** The latest session that had begun by then; else, for an event that comes late, the first one after it. */
function sessionAt(sessions: readonly RecentSession[], at: number): RecentSession | undefined {
  const ongoing = sessions
    .filter((session) => continuesSession(session, { at }))
    .sort((a, b) => a.startedAt - b.startedAt || (a.clientId < b.clientId ? -1 : 1))
  return ongoing.filter(({ startedAt }) => startedAt <= at).at(-1) ?? ongoing[0]
}

function continues({ startedAt, lastSeenAt, landingUrl, user }: RecentSession, event: IngestEvent): boolean {
  const session = { startedAt, lastSeenAt, userId: user ?? undefined }
  return continuesSession({ ...session, ...parseCampaign(landingUrl ?? undefined) }, nextMoment(event))
}

/** Only a page can be arrived at. Its address is read as stored, as the landing's is, so that both are cleaned alike. */
function nextMoment({ wire, url, user, occurredAt: at }: IngestEvent): NextMoment {
  const campaign = wire.type === 'page' ? parseCampaign(url ?? undefined) : undefined
  return { at, campaign, userId: user?.key }
}

/** An event that continues a session reports nothing new of it; one of another day says where that day's session came from. */
function continuation(current: RecentSession, { request, occurredAt }: IngestEvent): EventSession {
  const { clientId, startedAt, landingUrl, referrerUrl, originIds, reported } = current
  const origin = reported?.origin ?? { source: { utm: {}, isDirect: true } }
  const nothing = { clientId, landingUrl: null, referrerUrl: null, origin }
  const same = reported?.startedAt === startedAt ? reported : { ...nothing, ...reported, startedAt }
  const ofDay = sessionOfDay(same, occurredAt, request.token.settings)
  return ofDay === same ? same : { ...ofDay, landingUrl, referrerUrl, originIds }
}
