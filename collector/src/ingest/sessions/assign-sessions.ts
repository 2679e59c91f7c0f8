/**
 * Gives each event its visit, without I/O: the one that its client told; else, by the rule of sessions, the one that its
 * visitor has going on, or one that it opens. A visit that a client told is not split here, and begins when its client says.
 */
import { parseCampaign } from '@headwater/attribution/campaign'
import { continuesSession, type NextMoment } from '@headwater/attribution/session'
import { type IdentityKey, keyOf } from '../../identity/resolve.ts'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventSession, IngestEvent, Origin } from '../event.ts'
import type { VisitingEvent } from '../store/event-rows.ts'
import { visitOfDay } from './session-days.ts'

/** A cookie of a website. */
export type VisitorKey = string

export const visitorKey = (websiteId: string, visitorId: string): VisitorKey => `${websiteId} ${visitorId}`

/** A visit as far as it is known, from the database or from the events at hand. Times are epoch ms. */
export interface KnownVisit {
  visitor: VisitorKey
  clientId: string
  startedAt: number
  lastSeenAt: number
  landingUrl: string | null
  /** The user id of the customer who opened it; null: anonymous so far. */
  user: IdentityKey | null
  originIds: OriginIds | undefined
}

/**
 * Takes events in the visits that their clients told; answers in their order, and the same whatever that order is. `known`
 * holds the visits around their times.
 */
export function giveVisits(
  events: VisitingEvent[],
  known: readonly KnownVisit[],
  originIds: Map<Origin, OriginIds>,
): VisitingEvent[] {
  const arriving = events.filter(({ event }) => event.arrival)
  if (arriving.length === 0) return events

  const inOrder = [...events].sort(inTime)
  const book = openBook([...known, ...inOrder.flatMap(toldVisit)])
  for (const visit of inOrder.flatMap((carrier) => journalVisits(carrier, originIds)))
    if (!book.find(visit)) book.add(visit)
  const given = new Map<VisitingEvent, VisitingEvent>()
  for (const event of arriving.sort(inTime)) given.set(event, give(event, book, originIds))
  return events.map((event) => given.get(event) ?? event)
}

function toldVisit({ event, visitorId, visit, customerUser, originIds }: VisitingEvent): KnownVisit[] {
  if (!visit || visitorId === undefined) return []
  const { clientId, startedAt, landingUrl } = visit
  const visitor = visitorKey(event.request.token.websiteId, visitorId)
  return [
    { visitor, clientId, startedAt, lastSeenAt: event.occurredAt, landingUrl, user: customerUser, originIds },
  ]
}

/** Of a visit in a journal only the beginning is told. */
function journalVisits(carrier: VisitingEvent, originIds: Map<Origin, OriginIds>): KnownVisit[] {
  return carrier.journal.flatMap(({ visit, at }) =>
    toldVisit({ ...carrier, visit, originIds: originIds.get(visit.origin) }).map((told) => ({
      ...told,
      lastSeenAt: at,
    })),
  )
}

// Keys decide between events of one instant, so that the order of arrival does not.
const inTime = ({ event: a }: VisitingEvent, { event: b }: VisitingEvent) =>
  a.occurredAt - b.occurredAt || (a.key < b.key ? -1 : 1)

type Book = ReturnType<typeof openBook>

/** The visits of each visitor; those told several times are one. */
function openBook(visits: readonly KnownVisit[]) {
  const byVisitor = new Map<VisitorKey, KnownVisit[]>()
  const book = {
    of: (visitor: VisitorKey) => byVisitor.get(visitor) ?? [],
    find: ({ visitor, clientId }: KnownVisit) =>
      book.of(visitor).find((known) => known.clientId === clientId),
    add(visit: KnownVisit) {
      const same = book.find(visit)
      if (same) merge(same, visit)
      else byVisitor.set(visit.visitor, [...book.of(visit.visitor), { ...visit }])
    },
  }
  for (const visit of visits) book.add(visit)
  return book
}

function merge(known: KnownVisit, told: KnownVisit): void {
  const { landingUrl, originIds } = known.landingUrl === null ? told : known
  Object.assign(known, {
    landingUrl,
    originIds,
    startedAt: Math.min(known.startedAt, told.startedAt),
    lastSeenAt: Math.max(known.lastSeenAt, told.lastSeenAt),
    user: known.user ?? told.user,
  })
}

function give(visiting: VisitingEvent, book: Book, originIds: Map<Origin, OriginIds>): VisitingEvent {
  const { event, visitorId } = visiting
  const visitor = visitorKey(event.request.token.websiteId, visitorId as string) // who may arrive has a cookie
  const going = visitAt(book.of(visitor), event.occurredAt)
  if (going && continues(going, event)) {
    const next = nextMoment(event)
    going.lastSeenAt = Math.max(going.lastSeenAt, next.at)
    going.user ??= next.userId ?? null
    const told = withoutLanding(going)
    const visit = visitOfDay(told, next.at, event.request.token.settings)
    if (visit !== told) visit.landingUrl = going.landingUrl // nobody else tells it of that day
    // Its campaign, if it shows one, is that of the visit, whose landing has left the touch.
    return { ...visiting, visit, originIds: going.originIds, touches: [] }
  }
  const visit = event.arrival
  const opened = { ...visiting, visit, originIds: visit && originIds.get(visit.origin) }
  for (const visit of toldVisit(opened)) book.add(visit)
  return opened
}

/** The latest visit that had begun by then; else, for an event that comes late, the first one after it. */
function visitAt(visits: readonly KnownVisit[], at: number): KnownVisit | undefined {
  const ongoing = visits
    .filter((visit) => continuesSession(visit, { at }))
    .sort((a, b) => a.startedAt - b.startedAt || (a.clientId < b.clientId ? -1 : 1))
  return ongoing.filter(({ startedAt }) => startedAt <= at).at(-1) ?? ongoing[0]
}

function continues({ startedAt, lastSeenAt, landingUrl, user }: KnownVisit, event: IngestEvent): boolean {
  const session = { startedAt, lastSeenAt, userId: user ?? undefined }
  return continuesSession({ ...session, ...parseCampaign(landingUrl ?? undefined) }, nextMoment(event))
}

/** Only a page can be arrived at. Its address is read as stored, as the landing's is, so that both are cleaned alike. */
function nextMoment({ request, wire, url, user, occurredAt: at }: IngestEvent): NextMoment {
  const campaign = wire.type === 'page' ? parseCampaign(url ?? undefined) : undefined
  return { at, campaign, userId: user && keyOf(request.token.websiteId, user) }
}

/** What an event that continues a visit tells of it: nothing new. */
function withoutLanding({ clientId, startedAt }: KnownVisit): EventSession {
  const origin = { source: { utm: {}, isDirect: true } }
  return { clientId, startedAt, landingUrl: null, referrerUrl: null, origin }
}
