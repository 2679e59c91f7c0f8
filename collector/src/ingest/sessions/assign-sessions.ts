/**
 * Assigns a session to each event without one, without I/O: by the session rules, the one that its visitor has in progress, or
 * a new one. A reported session begins when its client says, and is not split here. An assigned session does not depend on the
 * order in which its events arrive: a late event may move its start back, or join it to the session before.
 */

import { campaignText, parseCampaign } from '@headwater/attribution/campaign'
import { crossesMidnight } from '@headwater/attribution/midnight'
import { continuesSession, defaultSessionRules, type NextMoment } from '@headwater/attribution/session'
import type { IdentityKey, IdentityRef } from '../../identity/resolve.ts'
import type { EventSession, EventTouch, IngestEvent, OwnedEvent } from '../event.ts'
import type { RecentSession } from './known-sessions.ts'
import { sessionOfDay } from './session-parts.ts'

export interface Assignment {
  session: EventSession
  touches: readonly EventTouch[]
  /** The event precedes all others of this stored session, and becomes its landing. */
  reopens?: true
}

/** A stored session that turned out to be a part of another. */
export interface JoinedSession {
  visitor: IdentityRef
  clientId: string
  /** The session that continues. */
  into: EventSession
  /** An event of that session. */
  owned: OwnedEvent
}

export interface Assigned {
  assignments: Map<OwnedEvent, Assignment>
  joined: JoinedSession[]
}

/**
 * Returns an assignment for each event without a session, independent of the order of the events.
 * `recent` holds the stored sessions around their times.
 */
export function assignSessions(events: readonly OwnedEvent[], recent: readonly RecentSession[]): Assigned {
  const assigned: Assigned = { assignments: new Map(), joined: [] }
  const arriving = events.filter(({ event }) => event.arrival).sort(byTime)
  if (arriving.length === 0) return assigned

  const inOrder = [...events].sort(byTime)
  const book = openBook([...recent, ...inOrder.flatMap(reportedBy)])
  for (const session of inOrder.flatMap(earlierSessions)) if (!book.find(session)) book.add(session)
  for (const owned of arriving) assigned.assignments.set(owned, assign(owned, book, assigned.joined))
  return assigned
}

function reportedBy(owned: OwnedEvent): RecentSession[] {
  return describe(owned, owned.event.session, owned.event.occurredAt)
}

/** For the session of an earlier touch, only the start is known. */
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
  return [{ ...described, reported: session, user: customer.user, isAssigned: session.isAssigned ?? false }]
}

// Events of the same instant are ordered by key, so that the order of arrival does not matter.
const byTime = ({ event: a }: OwnedEvent, { event: b }: OwnedEvent) =>
  a.occurredAt - b.occurredAt || (a.key < b.key ? -1 : 1)

type Book = ReturnType<typeof openBook>

/** The sessions of each visitor; several reports of one session are merged. */
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
    remove: (session: RecentSession) =>
      byVisitor.set(
        session.visitor,
        book.of(session.visitor).filter((known) => known !== session),
      ),
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
  known.isAssigned &&= next.isAssigned
}

function assign(owned: OwnedEvent, book: Book, joined: JoinedSession[]): Assignment {
  const { event } = owned
  const visitor = event.cookie as IdentityRef // an event with an arrival has a cookie
  const arrival = event.arrival as EventSession // only such events are assigned
  const [opened] = describe(owned, arrival, event.occurredAt) as [RecentSession]
  const current = sessionAt(book.of(visitor.key), event)
  const later = laterSession(book.of(visitor.key), opened, event)

  if (current && continues(current, nextMoment(event))) {
    current.lastSeenAt = Math.max(current.lastSeenAt, event.occurredAt)
    current.user ??= event.user?.key ?? null
    const session = continuation(current, event)
    if (later && continues(current, openingOf(later))) {
      current.lastSeenAt = Math.max(current.lastSeenAt, later.lastSeenAt)
      book.remove(later)
      joined.push({ visitor, clientId: later.clientId, into: session, owned })
    }
    // Its campaign, if any, is that of the session, whose landing has left the touch.
    return { session, touches: [] }
  }
  if (later) {
    const session = { ...arrival, clientId: later.clientId }
    const { startedAt, landingUrl, referrerUrl } = opened
    Object.assign(later, { startedAt, landingUrl, referrerUrl, originIds: undefined, reported: session })
    return { session, touches: event.touches, reopens: true }
  }
  book.add(opened)
  return { session: arrival, touches: event.touches }
}

/** The latest session that had begun by then; else, for a late event, the first reported one after it. */
function sessionAt(
  sessions: readonly RecentSession[],
  { occurredAt: at }: IngestEvent,
): RecentSession | undefined {
  const ongoing = sessions.filter((session) => continuesSession(session, { at })).sort(byStart)
  const begun = ongoing.filter(({ startedAt }) => startedAt <= at).at(-1)
  return begun ?? ongoing.find(({ isAssigned }) => !isAssigned)
}

/** The first assigned session after the event, if it would have continued a session opened by the event. */
function laterSession(
  sessions: readonly RecentSession[],
  opened: RecentSession,
  { occurredAt: at, request }: IngestEvent,
): RecentSession | undefined {
  const { sessionsEndAtMidnight, timeZone } = request.token.settings
  const next = sessions.filter(({ startedAt, isAssigned }) => isAssigned && startedAt > at).sort(byStart)[0]
  if (!next || next.lastSeenAt - at > defaultSessionRules.maxMs) return undefined
  const isNextDay = sessionsEndAtMidnight && crossesMidnight(at, next.startedAt, timeZone)
  return !isNextDay && continues(opened, openingOf(next)) ? next : undefined
}

const byStart = (a: RecentSession, b: RecentSession) =>
  a.startedAt - b.startedAt || (a.clientId < b.clientId ? -1 : 1)

function continues({ startedAt, lastSeenAt, landingUrl, user }: RecentSession, next: NextMoment): boolean {
  const campaign = campaignOf(landingUrl)
  return continuesSession({ startedAt, lastSeenAt, userId: user ?? undefined, campaign }, next)
}

const campaignOf = (url: string | null) => campaignText(parseCampaign(url ?? undefined))

/** The moment at which a session was opened. */
function openingOf({ startedAt: at, landingUrl, user }: RecentSession): NextMoment {
  return { at, campaign: campaignOf(landingUrl), userId: user ?? undefined }
}

/** Only a page view is an arrival. Its stored address is read, like that of the landing, so that both are cleaned alike. */
function nextMoment({ wire, url, user, occurredAt: at }: IngestEvent): NextMoment {
  const campaign = wire.type === 'page' ? campaignOf(url) : undefined
  return { at, campaign, userId: user?.key }
}

/** An event that continues a session adds no source to it; on another day, that day's session gets the source of the session. */
function continuation(current: RecentSession, { request, occurredAt }: IngestEvent): EventSession {
  const { clientId, startedAt, landingUrl, referrerUrl, originIds, reported } = current
  const origin = reported?.origin ?? { source: { utm: {}, isDirect: true } }
  const nothing = { clientId, landingUrl: null, referrerUrl: null, origin, isAssigned: current.isAssigned }
  const same = reported?.startedAt === startedAt ? reported : { ...nothing, ...reported, startedAt }
  const ofDay = sessionOfDay(same, occurredAt, request.token.settings)
  return ofDay === same ? same : { ...ofDay, landingUrl, referrerUrl, originIds }
}
