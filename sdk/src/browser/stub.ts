/**
 * The stub: stands in for the client until the script has come. It holds calls with their keys and times; should the
 * visitor leave before, it sends them by beacon. Under 1 kB, so the collector does what it can: it finds the session,
 * and strips the address.
 */
import type { Stamp } from '../core/visitor/draft.ts'
import type { Refusals } from './refusal.ts'

/** A call, `[verb, ...arguments]`; with its key and time, unless a page has written a stub of its own. */
export interface Call extends Omit<unknown[], 'at'>, Partial<Stamp> {}

/** What a page may put in our place until we come. */
export interface Stub {
  q?: Call[]
  /** The page view that the visitor's coming was. */
  opening?: Stamp
}

const verbs = ['on', 'reset', 'consent', 'page', 'track', 'conversion', 'identify']
const q: Call[] = []
let count = 100
let sent = -1 // calls that went already
const opening = now()
const stub: Stub = { q, opening }

for (const verb of verbs) {
  stub[verb as 'q'] = ((...args: unknown[]) => q.push(Object.assign([verb, ...args], now()))) as never // the types know a stub by what it holds
}
window.headwater ??= stub
addEventListener('pagehide', send)
// Of a tab that is closed while its page loads Chromium sends nothing at pagehide; Firefox caches no page that listens on.
addEventListener('beforeunload', send)
addEventListener('load', () => removeEventListener('beforeunload', send))

function now(): Stamp {
  const at = Date.now()
  // 48 bits of time, until the year 2527, and 12 that count, in digits that are decimal.
  const time = `0${at.toString(16)}${count++}`
  let digit = 0
  // Chance needs to be no secret here: an id that somebody guesses gives nothing away.
  const next = () => time[digit++] ?? (Math.random().toString(16)[2] as string) // 0 has no digit, and never comes
  // A UUID v7, as the client makes them.
  return { at, key: '********-****-7***-8***-************'.replace(/\*/g, next) }
}

function send(): void {
  const tag = document.querySelector<HTMLScriptElement>('script[data-token]')
  if (sent === q.length || !tag || window.headwater !== stub) return // somebody has taken over
  const { token, endpoint = new URL(tag.src).origin, consent, autoPage, persistence = 'cookie' } = tag.dataset
  // Once it was no it stays so here: what was called meanwhile must not be sent.
  const said = q.reduce<unknown>(
    (before, [verb, state]) => (verb === 'consent' && before !== 'denied' ? state : before),
    consent,
  )
  // Where Do Not Track is respected it takes a yes: to ask the browser takes more code than there is room for.
  const isRefused = 'respectDnt' in tag.dataset || (navigator as Refusals).globalPrivacyControl
  if (said ? said !== 'granted' : isRefused) return
  sent = q.length // calls that come after all, should the page stay, go with them again
  const { key: own, at: seenAt } = opening
  const known = persistence === 'cookie' ? document.cookie.match(/hw_id=1\.([\w-]+)/)?.[1] : own
  // For the client of the next page (core/id-record.ts). The collector names the session by the event that opens it.
  if (!known)
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and a leaving page cannot wait.
    document.cookie = `hw_id=1.${own}.${own}.${seenAt}.${seenAt}; Path=/; Max-Age=34560000; SameSite=Lax`
  const visitor = { anonymous_id: known ?? own, url: bare(location.href) }
  const made = autoPage === 'false' ? q : [{ 0: 'page', ...opening } as unknown as Call, ...q] // what is read of it
  const events = made.flatMap(({ key, at, 0: verb, 1: name, 2: more }) => {
    // Each call of ours has its verb and its time.
    const say = fieldsOf[verb as string]
    return say
      ? {
          type: verb,
          ...visitor,
          ...say(name, (more ?? {}) as More),
          idempotency_key: key,
          occurred_at: new Date(at as Stamp['at']),
        }
      : []
  })
  navigator.sendBeacon(
    `${endpoint.replace(/\/$/, '')}/v1/batch?token=${token}`,
    JSON.stringify({ v: 1, sent_at: new Date(), events }),
  )
}

// Of the query only what cannot be a secret: to clean the rest takes more code than there is room for.
const bare = (url: string) => url.replace(/#.*|([?&])(?!utm_|\w*clk?id|[gw]braid)[^&#]*/g, '$1')

type More = Record<string, unknown>

/** What a call says, in the terms of the wire, besides its verb as the type; what cannot be told here is left out. */
const fieldsOf: Record<string, (name: unknown, more: More) => object> = {
  page: (name = 'page_view', props) => ({ name, props, referrer_url: bare(document.referrer) }),
  track: (name, props) => ({ name, props }),
  conversion: (name, { id, revenueCents, currency, props }) => ({
    ...{ type: 'track', name, props, conversion: true },
    ...{ conversion_id: id, revenue_cents: revenueCents, currency },
  }),
  identify: (id) => ({ user_id: `${id}` }),
}
