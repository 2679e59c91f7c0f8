/**
 * The zod schemas of the wire format, tied both ways to the types of wire.ts. The only file that imports zod; it never
 * reaches an SDK bundle.
 */
import { z } from 'zod'
import { minorUnitDigits } from './currencies.ts'
import { limits } from './limits.ts'
import type { Batch, Json, WireEvent } from './wire.ts'

const instant = z.iso.datetime({ offset: true })
const textUpTo = (max: number) => z.string().min(1).max(max)
const text = z.string() // cut to its limit, not rejected

/** A field that is null counts as absent: PHP and Go send all their fields, empty ones as null. */
const withoutNulls = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (hasNull(value) ? dropNulls(value) : value), schema)

/** The nulls in props are data, and every event is read on its own. */
const asTheyAre = new Set(['props', 'events'])

/** A field of a touch in the list of an event lies this deep; below it there are none of our fields. */
const deepest = 4

// Checking first saves a copy of events without a null, which are nearly all.
function hasNull(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth === deepest) return false
  for (const name in value) {
    const field = (value as Record<string, unknown>)[name] // an object or a list
    if (field === null) return true
    if (typeof field === 'object' && !asTheyAre.has(name) && hasNull(field, depth + 1)) return true
  }
  return false
}

function dropNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth === deepest) return value
  if (Array.isArray(value)) return value.map((item) => dropNulls(item, depth + 1))
  const present = Object.entries(value).filter(([, field]) => field !== null)
  // fromEntries defines its keys: `__proto__` is only a key.
  return Object.fromEntries(
    present.map(([name, field]) => [name, asTheyAre.has(name) ? field : dropNulls(field, depth + 1)]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * An id may be a number, which is kept as its decimal text. Beyond 2^53 two numbers may read the same, and two people or
 * orders would be one: these have to come as text. Spaces around an id are no part of it.
 */
const idUpTo = (max: number) =>
  z.preprocess(numberToText, z.string({ error: explainNumber }).trim().min(1).max(max))

function numberToText(value: unknown): unknown {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : value
}

function explainNumber({ input }: { input?: unknown }): string | undefined {
  return typeof input === 'number'
    ? `must be text, because a number beyond ${Number.MAX_SAFE_INTEGER} loses digits`
    : undefined
}

const utm = z.object({
  source: text.optional(),
  medium: text.optional(),
  campaign: text.optional(),
  term: text.optional(),
  content: text.optional(),
  id: text.optional(),
  source_platform: text.optional(),
  creative_format: text.optional(),
  marketing_tactic: text.optional(),
})

const clickIds = z.record(z.string(), z.string())

const session = z.object({
  id: textUpTo(limits.sessionId),
  started_at: instant,
  landing_url: text.optional(),
  referrer_url: text.optional(),
  utm: utm.optional(),
  click_ids: clickIds.optional(),
})

const touch = z.object({
  session_id: textUpTo(limits.sessionId),
  occurred_at: instant,
  url: text.optional(),
  referrer_url: text.optional(),
  utm: utm.optional(),
  click_ids: clickIds.optional(),
})

/** An earlier touch that cannot be read must not cost its event. */
const earlierTouches = z
  .array(z.unknown())
  .transform((touches) =>
    touches.slice(0, limits.touches).flatMap((each) => touch.safeParse(each).data ?? []),
  )
  .optional()
  .catch(undefined)

const identityType = new RegExp(`^(?!(cookie|user_id)$)[a-z0-9_]{1,${limits.identityType}}$`)

const identity = z.object({
  // Two types have fields of their own, where the rules for them are applied.
  type: z.string().regex(identityType, 'must be a–z, 0–9 and _, and not cookie or user_id'),
  value: idUpTo(limits.identityValue),
})

// The collector walks props once for depth, size and finite numbers; here they only have to be an object.
const props = z.custom<{ [key: string]: Json }>(isObject, 'must be an object')

/** Platforms put what they like into cookies: one that does not fit is left out, and costs nothing. */
const adCookies = z
  .unknown()
  .transform((cookies) =>
    typeof cookies === 'object' && cookies !== null
      ? Object.fromEntries(Object.entries(cookies).filter(isAdCookie).slice(0, limits.adCookies))
      : undefined,
  )
  .optional()

function isAdCookie(cookie: [name: string, value: unknown]): cookie is [string, string] {
  const [name, value] = cookie
  const isWithin = (text: string, max: number) => text !== '' && text.length <= max
  return (
    isWithin(name, limits.adCookieName) && typeof value === 'string' && isWithin(value, limits.adCookieValue)
  )
}

const currency = z
  .string()
  .trim()
  .toUpperCase()
  .refine((code) => minorUnitDigits.has(code), { error: explainCurrency })

/** Quotes what was sent only if it is short and consists of letters: anything longer may be personal data. */
function explainCurrency({ input }: { input?: unknown }): string {
  const named = /^[\p{L}\p{Sc}]{1,8}$/u.test(String(input)) ? `"${input}"` : 'this'
  return `${named} is not a currency of ISO 4217; send its three letters, for example EUR`
}

/** Any printable text: no control characters. */
export const idempotencyKeySchema = z
  .string()
  .regex(
    new RegExp(`^\\P{C}{1,${limits.idempotencyKey}}$`, 'u'),
    `must be 1–${limits.idempotencyKey} printable characters`,
  )

const event = z.object({
  idempotency_key: idempotencyKeySchema,
  type: z.enum(['page', 'screen', 'track', 'identify', 'touch']),
  name: textUpTo(limits.name).optional(),
  occurred_at: instant,
  stream: textUpTo(limits.stream).optional(),
  seq: z.int().positive().max(limits.seq).optional(),
  anonymous_id: textUpTo(limits.anonymousId).optional(),
  user_id: idUpTo(limits.userId).optional(),
  identities: z.array(identity).max(limits.identities).optional(),
  session: session.optional(),
  url: text.optional(),
  referrer_url: text.optional(),
  title: text.optional(),
  props: props.optional(),
  revenue_cents: z.int('must be a whole number of minor units, 4999 for 49.99').optional(),
  currency: currency.optional(),
  conversion: z.boolean().optional(),
  conversion_id: idUpTo(limits.conversionId).optional(),
  ad_cookies: adCookies,
  touches: earlierTouches,
  schema_version: z.int().positive().max(32_767).optional(),
})

/** One event of a batch. */
export const eventSchema = withoutNulls(event)

/** One event of a batch whose session has been read already. */
export const sessionlessEventSchema = withoutNulls(event.omit({ session: true }))

/** A count that cannot be read must not cost its batch. */
const dropped = z
  .unknown()
  .transform((counts) =>
    isObject(counts)
      ? Object.fromEntries(Object.entries(counts).filter(isCount).slice(0, limits.dropReasons))
      : undefined,
  )
  .optional()

function isCount(entry: [reason: string, count: unknown]): entry is [string, number] {
  const [reason, count] = entry
  return (
    reason.length <= limits.dropReason &&
    typeof count === 'number' &&
    Number.isSafeInteger(count) &&
    count >= 0
  )
}

/** The body of `POST /v1/batch`; `v` is checked before, so that a newer version gets its own error. */
export const batchSchema = withoutNulls(
  z.object({
    v: z.literal(1),
    sent_at: instant.optional(),
    // What describes the sender must not cost its events.
    sdk: z
      .object({ name: z.string().max(64), version: z.string().max(32) })
      .optional()
      .catch(undefined),
    context: z
      .object({
        locale: z.string().max(64).optional(),
        timezone: z.string().max(64).optional(),
        screen: z.object({ width: z.number(), height: z.number() }).optional(),
      })
      .optional()
      .catch(undefined),
    dropped,
    events: z.array(z.unknown()),
  }),
)

type Same<A, B> = [A, B] extends [B, A] ? true : false
const tied: [Same<z.infer<typeof eventSchema>, WireEvent>, Same<z.infer<typeof batchSchema>, Batch>] = [
  true,
  true,
]
void tied // a schema and a type that drift apart do not compile
