/** Enriches an event: identities become hashes, addresses become pages, the session gets its origin. */
import type { WireEvent, WireSession } from '@headwater/contract'
import type { Token } from '@headwater/server/token'
import { type IdentityRef, identityRef } from '../../identity/resolve.ts'
import { remember } from '../../remember.ts'
import type { Secrets } from '../../secrets.ts'
import type { EventSession, IngestEvent } from '../event.ts'
import { cleanUrl, readLanding } from '../landing.ts'
import { partOfSession, sessionOfDay } from '../sessions/session-parts.ts'
import { toUuid } from '../uuid.ts'
import type { EventTimes } from './clock.ts'
import { isSameJson } from './same-json.ts'

/** The interpreted fields of an event. */
export type Enrichment = Pick<
  IngestEvent,
  'url' | 'cookie' | 'user' | 'others' | 'emailHash' | 'session' | 'arrival'
>

export interface Enricher {
  identify(websiteId: string, type: string, value: string): IdentityRef
  enrich(wire: WireEvent, times: EventTimes, token: Token): Enrichment
}

/** Identities cached across requests, with the latest session of each: about 1 kB each. */
const maxRemembered = 20_000
const none: readonly IdentityRef[] = []

/** Caches what it computes: a visitor sends many events of one session. */
export function createEnricher(secrets: Secrets): Enricher {
  const identifyText = remember((text) => {
    const [websiteId = '', type = '', ...value] = text.split('\0')
    return identityRef(websiteId, type, secrets.hashIdentity(websiteId, type, value.join('\0')))
  }, maxRemembered)
  const identify = (websiteId: string, type: string, value: string) =>
    identifyText(`${websiteId}\0${type}\0${value.trim()}`)
  const latest = new WeakMap<IdentityRef, ReadSession>()

  /** The session of an event; events that report it alike share one object. */
  function sessionAt(
    visitor: IdentityRef,
    wire: WireSession,
    times: EventTimes,
    { settings }: Token,
  ): EventSession {
    const { ignoredReferrers } = settings
    let read = latest.get(visitor)
    if (!read || !isSameReport(read.wire, wire) || read.ignoredReferrers !== ignoredReferrers) {
      read = { wire, ignoredReferrers, session: readSession(wire, times.sessionStartedAt, ignoredReferrers) }
      latest.set(visitor, read)
    } else if (read.session.startedAt !== times.sessionStartedAt) {
      read.session = { ...read.session, startedAt: times.sessionStartedAt } // corrected event by event
    }
    const ofDay = sessionOfDay(read.session, times.occurredAt, settings)
    return ofDay.isContinuation ? ofDay : partOfSession(ofDay, times)
  }

  return {
    identify,
    enrich(wire, times, token) {
      const { websiteId, settings } = token
      const { anonymous_id, user_id, identities } = wire
      const cookie = anonymous_id === undefined ? undefined : identify(websiteId, 'cookie', anonymous_id)
      const user = user_id === undefined ? undefined : identify(websiteId, 'user_id', user_id)
      const visitor = cookie ?? user // a session belongs to a visitor
      return {
        url: cleanUrl(wire.url),
        cookie,
        user,
        others: identities?.map(({ type, value }) => identify(websiteId, type, value)) ?? none,
        emailHash: identities?.find(({ type }) => type === 'email_hash')?.value,
        session: visitor && wire.session && sessionAt(visitor, wire.session, times, token),
        arrival: mayArrive(wire) ? arrivalOf(wire, times, settings.ignoredReferrers) : undefined,
      }
    },
  }
}

interface ReadSession {
  wire: WireSession
  ignoredReferrers: readonly string[]
  session: EventSession
}

/** Whether two events report the same session alike, except for its start, which the clock corrects. */
function isSameReport(a: WireSession, b: WireSession): boolean {
  return a === b || (a.id === b.id && isSameJson({ ...a, started_at: '' }, { ...b, started_at: '' }))
}

function readSession(
  wire: WireSession,
  startedAt: number,
  ignoredReferrers: readonly string[],
): EventSession {
  const { id, landing_url: url, referrer_url: referrerUrl, utm, click_ids: clickIds } = wire
  return {
    clientId: toUuid(id),
    startedAt,
    ...readLanding({ url, referrerUrl, utm, clickIds }, ignoredReferrers),
  }
}

/** Servers know only user ids, and have no sessions; a touch is a reported contact outside of sessions. */
function mayArrive({ anonymous_id, session, type }: WireEvent): boolean {
  return anonymous_id !== undefined && !session && type !== 'touch'
}

/** The session that this event may open; its id comes from the event, so that a retry opens the same one. */
function arrivalOf(
  wire: WireEvent,
  { occurredAt }: EventTimes,
  ignoredReferrers: readonly string[],
): EventSession {
  const { idempotency_key, url, referrer_url: referrerUrl } = wire
  const landing = readLanding({ url, referrerUrl }, ignoredReferrers)
  return { clientId: toUuid(idempotency_key), startedAt: occurredAt, isAssigned: true, ...landing }
}
