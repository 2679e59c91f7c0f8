/** Reads who a browser's request comes from: by the id cookie of the browser SDK, or by a header that the page sets. */
import { continuesSession, defaultSessionRules } from '@headwater/attribution/session'
import { isIllegalId, limits } from '@headwater/contract'
import { withIdRecord } from '../core/visitor/id-record.ts'
import type { Visitor } from './api.ts'

type HeaderRecord = Record<string, string | readonly string[] | undefined>
/** A Fetch `Headers`. */
interface HeaderList {
  get(name: string): string | null
}
interface WithHeaders {
  headers: HeaderRecord | HeaderList
}

/**
 * A request as frameworks have it: Node's `IncomingMessage` (also of Express, Fastify and Koa), a Fetch `Request`, Hono's
 * context or its `c.req`, an event of AWS Lambda, or only the headers, as Next.js has them.
 */
export type RequestLike = WithHeaders | { raw: WithHeaders } | { req: { raw: WithHeaders } } | HeaderList

/** The header by which a page on another domain than this server names its visitor. */
const headerName = 'headwater-visitor'
/** A device whose clock is further ahead says nothing about its session. */
const aheadMs = 60_000

/**
 * Reads the anonymous id and the session that a browser's request carries, for `conversion` and the other verbs. By the header
 * `headwater-visitor`, which the page sets, else by the cookie `hw_id`; empty when there is neither, or when they are not valid.
 * A session that is over by now is left out. Everything comes from the client, so use it for attribution and nothing else. Never
 * throws.
 *
 *     hw.conversion('purchase', { ...fromRequest(req), userId: user.id, id: '1001', revenueCents: 4999, currency: 'EUR' })
 *
 * On the page: `headers: { 'headwater-visitor': [hw.anonymousId(), hw.sessionId()].join() }`
 */
export function fromRequest(request: RequestLike): Visitor {
  return visitorIn(request, Date.now())
}

/** `now`: epoch ms. */
export function visitorIn(request: unknown, now: number): Visitor {
  try {
    const read = headerReaderOf(request)
    return byHeader(read(headerName)) ?? byCookie(read('cookie'), now) ?? {}
  } catch {
    return {} // a request that cannot be read names no one
  }
}

function byHeader(text: string | undefined): Visitor | undefined {
  const [, anonymousId, sessionId] = /^([\w-]{1,128})(?:,([\w-]{0,128}))?$/.exec(text?.trim() ?? '') ?? []
  if (!anonymousId || isIllegalId(anonymousId)) return undefined
  return sessionId && !isIllegalId(sessionId) ? { anonymousId, sessionId } : { anonymousId }
}

/** Host and domain may each have a cookie of this name: the first valid one counts. */
function byCookie(cookies: string | undefined, now: number): Visitor | undefined {
  const records = cookies?.matchAll(/(?:^|;)\s*hw_id=([^;\s]{1,400})/g) ?? []
  for (const [, record] of records) {
    const visitor = byRecord(record, now)
    if (visitor) return visitor
  }
  return undefined
}

function byRecord(record: string | undefined, now: number): Visitor | undefined {
  const { anonymousId, session, seenAt } = withIdRecord(undefined, record) ?? { anonymousId: '', seenAt: 0 }
  if (!anonymousId || anonymousId.length > limits.anonymousId || isIllegalId(anonymousId)) return undefined
  if (!session || session.id.length > limits.sessionId || isIllegalId(session.id)) return { anonymousId }
  const { id, startedAt } = session
  const isOpen =
    startedAt > 0 &&
    Math.max(startedAt, seenAt) <= now + aheadMs &&
    continuesSession({ startedAt, lastSeenAt: seenAt }, { at: now }, defaultSessionRules)
  return isOpen ? { anonymousId, sessionId: id, sessionStartedAt: startedAt } : { anonymousId }
}

type Fields = Record<string, unknown>
/** Nothing has no fields; neither has a text. */
const fieldsOf = (value: unknown): Fields => Object(value)

/** Everything is looked at before it is used: the request comes from whatever framework there is. */
function headerReaderOf(request: unknown): (name: string) => string | undefined {
  const given = fieldsOf(request)
  const holder = given.headers ? given : fieldsOf(given.raw ?? fieldsOf(given.req).raw ?? given)
  const headers = fieldsOf(holder.headers ?? holder)
  const { get } = headers
  if (typeof get === 'function') return (name) => textOf([Reflect.apply(get, headers, [name])])
  return (name) => {
    const key = Object.keys(headers).find((each) => each.toLowerCase() === name) // AWS Lambda keeps the sender's capitals
    // Lambda also moves cookies into a list of their own.
    const value = key ? headers[key] : name === 'cookie' && given.cookies
    return textOf([value].flat())
  }
}

/** Undefined when one of them is no text. */
function textOf(values: unknown[]): string | undefined {
  return values.every((value) => typeof value === 'string') ? values.join('; ') : undefined
}
