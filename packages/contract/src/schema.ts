/** The zod schemas of the wire format, tied both ways to the types of wire.ts. The only file that imports zod; it never reaches an SDK bundle. */
import { z } from 'zod'
import { limits } from './limits.ts'
import type { Batch, Json, WireEvent } from './wire.ts'

const instant = z.iso.datetime({ offset: true })
const printable = (max: number) => z.string().min(1).max(max)
const text = z.string() // cut to its limit, not rejected

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
  id: printable(limits.sessionId),
  started_at: instant,
  landing_url: text.optional(),
  referrer_url: text.optional(),
  utm: utm.optional(),
  click_ids: clickIds.optional(),
})

const touch = z.object({
  session_id: printable(limits.sessionId),
  occurred_at: instant,
  url: text.optional(),
  referrer_url: text.optional(),
  utm: utm.optional(),
  click_ids: clickIds.optional(),
})

/** History that cannot be read must not cost the event that carries it. */
const journal = z
  .array(z.unknown())
  .transform((touches) =>
    touches.slice(0, limits.touches).flatMap((each) => touch.safeParse(each).data ?? []),
  )
  .optional()
  .catch(undefined)

const identityType = new RegExp(`^(?!(cookie|user_id)$)[a-z0-9_]{1,${limits.identityType}}$`)

const identity = z.object({
  // Two kinds have fields of their own, where the rules for them are applied.
  type: z.string().regex(identityType, 'must be a–z, 0–9 and _, and not cookie or user_id'),
  value: printable(limits.identityValue),
})

// Props are walked once by the collector for depth, size and finite numbers; here only "an object" is asked.
const props = z.custom<{ [key: string]: Json }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)

/** A cookie is whatever its platform made of it: what does not fit is left out, and costs nothing. */
const adCookies = z
  .unknown()
  .transform((cookies) => {
    if (typeof cookies !== 'object' || cookies === null) return undefined
    return Object.fromEntries(Object.entries(cookies).filter(isAdCookie).slice(0, limits.adCookies))
  })
  .optional()

function isAdCookie(cookie: [name: string, value: unknown]): cookie is [string, string] {
  const [name, value] = cookie
  const isWithin = (text: string, max: number) => text !== '' && text.length <= max
  return (
    isWithin(name, limits.adCookieName) && typeof value === 'string' && isWithin(value, limits.adCookieValue)
  )
}

/** Any printable text: no control characters. */
export const idempotencyKeySchema = z
  .string()
  .regex(
    new RegExp(`^\\P{C}{1,${limits.idempotencyKey}}$`, 'u'),
    `must be 1–${limits.idempotencyKey} printable characters`,
  )

/** One event of a batch. */
export const eventSchema = z.object({
  idempotency_key: idempotencyKeySchema,
  type: z.enum(['page', 'screen', 'track', 'identify', 'touch']),
  name: printable(limits.name).optional(),
  occurred_at: instant,
  stream: printable(limits.stream).optional(),
  seq: z.int().positive().max(limits.seq).optional(),
  anonymous_id: printable(limits.anonymousId).optional(),
  user_id: printable(limits.userId).optional(),
  identities: z.array(identity).max(limits.identities).optional(),
  session: session.optional(),
  url: text.optional(),
  referrer_url: text.optional(),
  title: text.optional(),
  props: props.optional(),
  revenue_cents: z.int('must be a whole number of minor units, 4999 for 49.99').optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters (ISO 4217)')
    .optional(),
  conversion: z.boolean().optional(),
  conversion_id: printable(limits.conversionId).optional(),
  ad_cookies: adCookies,
  touches: journal,
  schema_version: z.int().positive().max(32_767).optional(),
})

/** The body of `POST /v1/batch`; `v` is checked before, so that a newer version gets an error of its own. */
export const batchSchema = z.object({
  v: z.literal(1),
  sent_at: instant.optional(),
  sdk: z.object({ name: z.string().max(64), version: z.string().max(32) }).optional(),
  context: z
    .object({
      locale: z.string().max(64).optional(),
      timezone: z.string().max(64).optional(),
      screen: z.object({ width: z.number(), height: z.number() }).optional(),
    })
    .optional()
    .catch(undefined), // a fault of the device's description must not cost its events
  dropped: z.record(z.string().max(64), z.int().nonnegative()).optional(),
  events: z.array(z.unknown()),
})

type Same<A, B> = [A, B] extends [B, A] ? true : false
const tied: [Same<z.infer<typeof eventSchema>, WireEvent>, Same<z.infer<typeof batchSchema>, Batch>] = [
  true,
  true,
]
void tied // a schema and a type that drift apart do not compile
