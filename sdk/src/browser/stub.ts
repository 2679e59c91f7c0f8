/**
 * The stub stands in for the client until the script has loaded. It holds calls with their keys and times; when the visitor
 * leaves before that, it sends them by beacon. It is inline in pages, so the collector does what it can: it finds the
 * session, and cleans the address.
 */
import type { Stamp } from '../core/visitor/draft.ts'
import type { Refusals } from './refusal.ts'

/** A call, `[verb, ...arguments]`, with its key and time; a list that the page made itself has neither. */
export interface Call extends Omit<unknown[], 'at'>, Partial<Stamp> {}

/** What a page has in place of the client until the script has loaded. */
export interface Stub {
  q?: Call[]
  /** The page view with which the visitor came. */
  opening?: Stamp
}

type Fields = Record<string, unknown>

const q: Call[] = []
let count = 100 // 12 bits of a key
let sent: number | undefined // calls
const opening = now()
const stub: Stub = { q, opening }

/** What a call says, in the terms of the wire; what cannot be sent from here is left out. */
const fieldsOf: Record<string, (name: unknown, more: Fields) => Fields> = {
  page: (name = 'page_view', props) => ({ name, props, referrer_url: bare(document.referrer) }),
  track: (name, props) => ({ name, props }),
  conversion: (name, { id, revenueCents, currency, props }) => ({
    ...{ type: 'track', name, props, conversion: true },
    ...{ conversion_id: id, revenue_cents: revenueCents, currency },
  }),
  identify: (id) => ({ user_id: `${id}` }),
}

// Of the query, only what cannot be a secret: to clean the rest takes more code than there is room for.
const bare = (url: string) => `${url}`.replace(/#.*|([?&])(?!utm_|\w*clk?id|[gw]braid)[^&#]*/g, '$1')

// Elements and frames with this id or name appear here too; a plain object is the client, or what the page has put here itself.
if (window.headwater?.constructor !== Object) {
  for (const verb of ['on', 'reset', 'consent', ...Object.keys(fieldsOf)])
    stub[verb as 'q'] = ((...args: unknown[]) => q.push(Object.assign([verb, ...args], now()))) as never // a stub's type has no verbs
  window.headwater = stub
  addEventListener('pagehide', send)
  // When a tab is closed while its page loads, Chromium does not send what is requested at pagehide. Firefox keeps no page
  // with such a listener in its back/forward cache.
  addEventListener('beforeunload', send)
  addEventListener('load', () => removeEventListener('beforeunload', send))
}

function send(): void {
  // Other products have a data-token, too.
  const tag = document.querySelector<HTMLScriptElement>('script[data-token^=hw]')
  if (sent === q.length || !tag || window.headwater !== stub) return // the client has taken over
  let {
    token,
    endpoint = tag.src.split('/', 3).join('/'),
    consent,
    autoPage,
    persistence = 'cookie',
  } = tag.dataset
  // Once the visitor has refused, that stands here: what was called meanwhile must not be sent.
  for (const [verb, state] of q) if (verb === 'consent' && consent !== 'denied') consent = state as string
  // Where Do Not Track is respected, it takes a yes: to ask the browser takes more code than there is room for.
  const isRefused = 'respectDnt' in tag.dataset || (navigator as Refusals).globalPrivacyControl
  if (consent ? consent !== 'granted' : isRefused) return
  sent = q.length // should the page stay, later calls are sent together with these
  let anonymous_id = opening.key
  try {
    if (persistence === 'cookie') {
      const known = /hw_id=1\.([\w-]+)/.exec(document.cookie)?.[1]
      // For the client of the next page (core/visitor/id-record.ts). The collector names a session by the event that opens it.
      if (!known)
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and a leaving page cannot wait.
        document.cookie = `hw_id=1.${opening.key}.${opening.key}.${opening.at}.${opening.at}; Path=/; Max-Age=34560000; SameSite=Lax`
      else anonymous_id = known
    }
  } catch {
    // a sandboxed frame has no cookies
  }
  const calls = autoPage === 'false' ? q : [{ 0: 'page', ...opening } as unknown as Call, ...q] // what is read of it
  const events = calls.flatMap(({ key, at, 0: verb, 1: name, 2: more }) => {
    const fields = fieldsOf[verb as string]?.(name, (more ?? {}) as Fields)
    try {
      JSON.stringify(fields, itself)
    } catch {
      fields!.props = undefined // no JSON can hold them
    }
    return fields
      ? {
          type: verb,
          anonymous_id,
          url: bare(location.href),
          idempotency_key: key,
          occurred_at: new Date(at as number),
          ...fields,
        }
      : []
  })
  navigator.sendBeacon?.(
    `${endpoint}/v1/batch?token=${token}`.replace('//v1', '/v1'),
    JSON.stringify({ v: 1, sent_at: new Date(), events }, itself),
  )
}

/** The value, and not what its `toJSON` returned: old libraries give lists and dates one that returns text. */
function itself(this: Record<string, Date | undefined>, key: string): unknown {
  return this[key]?.toISOString?.() ?? this[key]
}

/** The key is a UUID v7, as the client makes them: 48 bits of time, 12 that count, and chance, which needs to be no secret here. */
function now(): Stamp {
  // biome-ignore lint/complexity/useDateNow: pages have replaced Date.now, or lack it.
  const at = +new Date()
  const time = at.toString(16) // 11 digits, until the year 2527
  const chance = () => Math.random().toFixed(12).slice(2)
  return { at, key: `0${time.slice(0, 7)}-${time.slice(7)}-7${count++}-8${chance().slice(9)}-${chance()}` }
}
