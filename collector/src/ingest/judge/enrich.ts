/** Step 4, enrich: identities become hashes, addresses become pages, the visit gets its origin. */
import { createHash } from 'node:crypto'
import { type Arrival, sourceOf, type TouchSource } from '@headwater/attribution/touch'
import { pageOf, storedUrl } from '@headwater/attribution/url'
import type { WireEvent, WireSession } from '@headwater/contract'
import type { Token } from '@headwater/server/token'
import type { IdentityRef } from '../../identity/resolve.ts'
import type { Secrets } from '../../secrets.ts'
import type { EventSession, IngestEvent, Page } from '../event.ts'
import { visitOfDay } from '../sessions/session-days.ts'
import type { EventTimes } from './clock.ts'
import { repairText } from './parse.ts'
import { toUuid } from './uuid.ts'

/** What the raw fields of an event mean. */
export type Enrichment = Pick<
  IngestEvent,
  'url' | 'cookie' | 'user' | 'others' | 'emailHash' | 'session' | 'arrival'
>

/**
 * Enriches the events of one request of a website. A batch comes from one visitor as a rule, so what was worked out
 * for its first event serves the others.
 */
export function createEnricher({ websiteId, settings }: Token, secrets: Secrets) {
  const hashOnce = remember((type_value: string) => {
    const at = type_value.indexOf('\0')
    const [type, value] = [type_value.slice(0, at), type_value.slice(at + 1)]
    return { type, hash: secrets.hashIdentity(websiteId, type, value) } satisfies IdentityRef
  })
  const identify = (type: string, value: string) => hashOnce(`${type}\0${value.trim()}`)
  const { ignoredReferrers } = settings
  const readVisit = remember((json: string) => visitOf(JSON.parse(json) as WireSession, ignoredReferrers)) // `sessionAt` writes it
  const sessionAt = (session: WireSession, { occurredAt, sessionStartedAt: startedAt }: EventTimes) =>
    visitOfDay({ ...readVisit(JSON.stringify(session)), startedAt }, occurredAt, settings)

  return {
    identify,
    enrich(wire: WireEvent, times: EventTimes): Enrichment {
      const { anonymous_id, user_id, identities = [] } = wire
      const session = (anonymous_id ?? user_id) ? wire.session : undefined // a visit is somebody's
      return {
        url: cleanUrl(wire.url),
        cookie: anonymous_id === undefined ? undefined : identify('cookie', anonymous_id),
        user: user_id === undefined ? undefined : identify('user_id', user_id),
        others: identities.map(({ type, value }) => identify(type, value)),
        emailHash: identities.find(({ type }) => type === 'email_hash')?.value,
        session: session && sessionAt(session, times),
        arrival: mayArrive(wire) ? arrivalOf(wire, times, ignoredReferrers) : undefined,
      }
    },
  }
}

/** A server, which knows only user ids, reports no visits; a touch is a contact that somebody reports, and stands for itself. */
function mayArrive({ anonymous_id, session, type }: WireEvent): boolean {
  return anonymous_id !== undefined && !session && type !== 'touch'
}

/** The visit that begins with this event, if it begins one; named after it, so that a second try opens the same. */
function arrivalOf(
  wire: WireEvent,
  { occurredAt }: EventTimes,
  ignoredReferrers: readonly string[],
): EventSession {
  const { idempotency_key, url, referrer_url: referrerUrl } = wire
  const landing = readLanding({ url, referrerUrl }, ignoredReferrers)
  return { clientId: toUuid(idempotency_key), startedAt: occurredAt, ...landing }
}

/** The visit without its start, which is corrected event by event. */
function visitOf(session: WireSession, ignoredReferrers: readonly string[]): Omit<EventSession, 'startedAt'> {
  const { id, landing_url: url, referrer_url: referrerUrl, utm, click_ids: clickIds } = session
  return { clientId: toUuid(id), ...readLanding({ url, referrerUrl, utm, clickIds }, ignoredReferrers) }
}

/** What an arrival says about the session that it opens; `ignoredReferrers` are the website's own. */
export function readLanding(
  arrival: Arrival,
  ignoredReferrers: readonly string[],
): Pick<EventSession, 'landingUrl' | 'referrerUrl' | 'origin'> {
  const landingUrl = cleanUrl(arrival.url)
  return {
    landingUrl,
    referrerUrl: cleanUrl(arrival.referrerUrl),
    origin: { source: readSource(arrival, ignoredReferrers), page: readPage(landingUrl) },
  }
}

const cleanUrl = (url: string | undefined): string | null => (url ? storedUrl(url) || null : null)

/** The page that an address shows, campaign parameters apart. */
export function readPage(url: string | null): Page | undefined {
  const page = url ? pageOf(url) : undefined
  if (!page || !url) return undefined
  const queryHash = page.query && createHash('sha256').update(page.query).digest('hex')
  return { path: page.path, queryHash, url }
}

/** What stood percent-encoded in an address can hold U+0000 too. */
export const readSource: typeof sourceOf = (arrival, ignoredReferrers) =>
  repairText(sourceOf(arrival, ignoredReferrers)) as TouchSource // of the same shape

function remember<Value>(work: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = work(text)
    known.set(text, value)
    return value
  }
}
