/** Parses: a raw value becomes a wire event within its limits, or a fault that names the field. */
import { isIllegalId, limits, type WireEvent, type WireSession, type WireTouch } from '@headwater/contract'
import { eventSchema, sessionlessEventSchema } from '@headwater/contract/schema'
import type { Fault } from '../event.ts'
import { isSameJson } from './same-json.ts'

/** A valid event with its props as JSON. */
export interface ParsedEvent {
  wire: WireEvent
  props: string | null
}

/**
 * Creates `parse`, which reads one event. Unknown fields and nulls are left out; a title that is too long is cut. A session
 * equal to that of the previous event is not parsed again: nearly all events of a batch report the same one.
 */
export function createParser(): (raw: unknown) => ParsedEvent | Fault {
  let latest: { raw: unknown; session: WireSession } | undefined

  return (raw) => {
    const rawSession = (raw as { session?: unknown } | null)?.session // any JSON; a missing field shows as undefined
    const known = latest && isSameJson(latest.raw, rawSession) ? latest.session : undefined
    const parsed = (known ? sessionlessEventSchema : eventSchema).safeParse(raw)
    if (!parsed.success) return faultOf(parsed.error.issues[0], raw)
    const wire: WireEvent = parsed.data
    const fault = findFault(wire)
    if (fault) return fault
    const props = readProps(wire.props)
    if (isFault(props)) return props
    cutToLimits(wire)
    dropPlaceholder(wire)
    if (known) wire.session = known
    else if (wire.session) latest = { raw: rawSession, session: wire.session }
    return { wire, props: props.json }
  }
}

export const isFault = (value: object): value is Fault => 'code' in value

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  maximum?: number | bigint
  origin?: string
}

function faultOf(issue: Issue | undefined, raw: unknown): Fault {
  const path = issue && nameField(issue.path)
  if (!issue || !path) return { code: 'invalid_event', message: 'An event must be a JSON object.' }
  if (isAbsent(raw, issue.path)) {
    return { code: 'field_required', path, message: `${path} is missing. Send it with every event.` }
  }
  if (issue.code === 'too_big' && path === 'identities') {
    return {
      code: 'too_many_identities',
      path,
      message: `An event may have at most ${issue.maximum} identities.`,
    }
  }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return {
      code: 'field_too_long',
      path,
      message: `${path} is too long: at most ${issue.maximum} characters are allowed.`,
    }
  }
  return { code: 'invalid_field', path, message: `${path} is not valid: ${issue.message}.` }
}

/** The path of the field, without names chosen by the sender: those of click ids. */
function nameField(path: PropertyKey[]): string {
  const at = path.indexOf('click_ids')
  return (at < 0 ? path : path.slice(0, at + 1)).join('.')
}

/** Whether this field is missing or null. A list item is not a field. */
function isAbsent(raw: unknown, path: PropertyKey[]): boolean {
  const valueAt = (value: unknown, key: PropertyKey) =>
    (value as Record<PropertyKey, unknown> | undefined)?.[key] // zod's paths lead through objects
  return typeof path.at(-1) === 'string' && (path.reduce(valueAt, raw) ?? null) === null
}

function findFault(wire: WireEvent): Fault | undefined {
  if (wire.name === undefined && wire.type !== 'identify') {
    return {
      code: 'field_required',
      path: 'name',
      message: `An event of type ${wire.type} needs a name: send name, for example "purchase".`,
    }
  }
  if (wire.anonymous_id === undefined && wire.user_id === undefined && !wire.identities?.length) {
    const message = 'The event names no visitor: send anonymous_id, user_id or identities.'
    return { code: 'identity_required', path: 'anonymous_id', message }
  }
  if (wire.revenue_cents !== undefined && wire.currency === undefined) {
    const message = 'Revenue without a currency cannot be added up: send currency, for example "EUR".'
    return { code: 'currency_required', path: 'revenue_cents', message }
  }
  if (wire.currency !== undefined && wire.revenue_cents === undefined) {
    return {
      code: 'revenue_required',
      path: 'currency',
      message: 'A currency needs an amount: send revenue_cents, in minor units.',
    }
  }
  return undefined
}

function readProps(props: WireEvent['props']): { json: string | null } | Fault {
  if (props === undefined) return { json: null }
  const fault = findPropsFault(props, 1)
  if (fault) return fault
  const json = JSON.stringify(props)
  // A UTF-16 unit takes 3 bytes at most, so a short text needs no counting.
  if (json.length * 3 > limits.propsBytes && Buffer.byteLength(json) > limits.propsBytes) {
    const message = `props take ${Buffer.byteLength(json)} bytes of JSON; ${limits.propsBytes} are allowed.`
    return { code: 'props_too_large', path: 'props', message }
  }
  return { json }
}

/** The messages name no key of the props: a key can be anything, even an e-mail address. */
function findPropsFault(value: unknown, depth: number): Fault | undefined {
  const path = 'props'
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { code: 'number_not_finite', path, message: 'props contain a number that is too large for JSON.' }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > limits.depth) {
    return { code: 'too_deep', path, message: `props may be nested at most ${limits.depth} levels deep.` }
  }
  for (const inner of Object.values(value)) {
    const fault = findPropsFault(inner, depth + 1)
    if (fault) return fault
  }
  return undefined
}

/**
 * Cuts each text to what is read of it, so that a long one costs no time. Addresses and campaign values are cut to what may be
 * stored only after cleaning: half an e-mail address would not be recognised.
 */
function cutToLimits(wire: WireEvent): void {
  wire.url = cut(wire.url, limits.readUrl)
  wire.referrer_url = cut(wire.referrer_url, limits.readUrl)
  wire.title = cut(wire.title, limits.title)
  const { session, touches = [] } = wire
  if (session) {
    session.landing_url = cut(session.landing_url, limits.readUrl)
    cutArrival(session)
  }
  for (const touch of touches) {
    touch.url = cut(touch.url, limits.readUrl)
    cutArrival(touch)
  }
}

/** A placeholder as an order number would merge many conversions into one. Without it, each of them counts. */
function dropPlaceholder(wire: WireEvent): void {
  if (wire.conversion_id !== undefined && isIllegalId(wire.conversion_id)) wire.conversion_id = undefined
}

function cutArrival(arrival: WireSession | WireTouch): void {
  arrival.referrer_url = cut(arrival.referrer_url, limits.readUrl)
  const utm = Object.entries(arrival.utm ?? {})
  arrival.utm = Object.fromEntries(utm.map(([name, value]) => [name, cut(value, limits.readUtm)]))
  const clickIds = Object.entries(arrival.click_ids ?? {}).filter(isUsableClickId)
  arrival.click_ids = Object.fromEntries(clickIds.slice(0, limits.clickIds))
}

function isUsableClickId([name, value]: [string, string]): boolean {
  return name !== '' && value !== '' && value.length <= limits.clickId && name.length <= limits.clickIdName
}

/** Cuts between characters, not through a surrogate pair. */
function cut(text: string | undefined, max: number): string | undefined {
  if (text === undefined || text.length <= max) return text
  return text
    .slice(0, max)
    .toWellFormed()
    .replace(/\ufffd$/, '')
}
