/** Step 6, to rows: what an event leaves in each table, a column a function. */
import { toArrayLiteral } from '../db/array-literal.ts'
import type { Param } from '../db/db.ts'
import type { Secrets } from '../secrets.ts'
import type { OriginIds } from './dimensions.ts'
import type { EventTouch, IngestEvent, IngestRequest, Origin, RejectedEvent } from './event.ts'

type Columns<Row> = ((row: Row) => Param)[]

const iso = (ms: number): string => new Date(ms).toISOString()

/** An event with its customer; `session` follows once sessions are stored. */
export interface OwnedEvent {
  event: IngestEvent
  id: string
  customerId: string
  /** Undefined: it came without a cookie. */
  cookieId: string | undefined
  /** Of its session; undefined: it came without one. */
  originIds: OriginIds | undefined
}

export interface PlacedEvent extends OwnedEvent {
  /** The customer who opened it need not be the event's. */
  session: { id: string; customerId: string } | undefined
}

// ---------------------------------------------------------------- events

const utmIds = ['source', 'medium', 'campaign', 'term', 'content'] as const

export const eventColumns: Columns<PlacedEvent> = [
  ({ event }) => event.request.token.websiteId,
  ({ id }) => id,
  ({ session }) => session?.id ?? null,
  ({ customerId }) => customerId,
  ({ event }) => event.wire.type,
  ({ event }) => event.wire.name ?? event.wire.type,
  ({ event }) => iso(event.occurredAt),
  ({ event }) => event.url,
  ({ event }) => event.wire.title ?? null,
  ({ event }) => event.props,
  ({ event }) => event.wire.revenue_cents ?? null,
  ({ event }) => event.wire.currency ?? null,
  ({ event }) => event.key,
  ({ event }) => event.request.token.id,
  ({ event }) => event.wire.schema_version ?? 1,
  ({ event }) => event.request.sdkVersion,
  ...utmIds.map(
    (name) =>
      ({ originIds }: PlacedEvent) =>
        originIds?.[name] ?? null,
  ),
  ({ originIds }) => originIds?.referrerDomain ?? null,
  ({ originIds }) => originIds?.landingPage ?? null,
]

// ---------------------------------------------------------------- sessions

export interface SessionRow {
  first: OwnedEvent
  startedAt: number
  endedAt: number
  views: number
  conversions: number
}

/** Undefined: the event came without a session, or without the cookie that a session belongs to. */
export function sessionKey({ event, cookieId }: OwnedEvent): string | undefined {
  if (!event.session || cookieId === undefined) return undefined
  return `${event.request.token.websiteId} ${cookieId} ${event.session.clientId}`
}

/** One row a session, sorted, with what these events add to it. */
export function sessionsOf(events: OwnedEvent[]): SessionRow[] {
  const sessions = new Map<string, SessionRow>()
  for (const owned of events) {
    const key = sessionKey(owned)
    if (key === undefined || !owned.event.session) continue
    const { event } = owned
    const { startedAt } = owned.event.session
    const row = sessions.get(key) ?? {
      first: owned,
      startedAt,
      endedAt: event.occurredAt,
      views: 0,
      conversions: 0,
    }
    row.startedAt = Math.min(row.startedAt, startedAt)
    row.endedAt = Math.max(row.endedAt, event.occurredAt)
    if (event.wire.type === 'page' || event.wire.type === 'screen') row.views += 1
    if (event.wire.conversion) row.conversions += 1
    sessions.set(key, row)
  }
  return [...sessions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

export const sessionColumns: Columns<SessionRow> = [
  ({ first }) => first.event.request.token.websiteId,
  ({ first }) => first.customerId,
  ({ first }) => first.cookieId ?? null,
  ({ first }) => first.event.session?.clientId ?? null,
  ({ startedAt }) => iso(startedAt),
  ({ endedAt }) => iso(endedAt),
  ({ views }) => views,
  ({ conversions }) => conversions,
  ({ first }) => first.originIds?.landingPage ?? null,
  ({ first }) => first.originIds?.referrerDomain ?? null,
  ...utmIds.map(
    (name) =>
      ({ first }: SessionRow) =>
        first.originIds?.[name] ?? null,
  ),
  ({ first }) => first.event.session?.landingUrl ?? null,
  ({ first }) => first.event.session?.referrerUrl ?? null,
  ({ first }) => first.event.request.ip,
  ({ first }) => first.event.request.userAgent,
  ({ first }) => first.event.request.isBot,
]

// ---------------------------------------------------------------- touches

interface TouchRow {
  touch: EventTouch
  at: number
  placed: PlacedEvent
  originIds: OriginIds | undefined
}

/** One row a touch of a session, at its earliest time; a touch without a session stands for itself. */
export function touchesOf(events: PlacedEvent[], originIds: Map<Origin, OriginIds>): TouchRow[] {
  const touches = new Map<string, TouchRow>()
  for (const placed of events) {
    for (const touch of placed.event.touches) {
      const key = `${placed.event.request.token.websiteId} ${placed.session?.id ?? `event ${placed.id}`} ${touch.key}`
      const row = touches.get(key)
      if (row && row.at <= touch.at) continue
      touches.set(key, { touch, at: touch.at, placed, originIds: originIds.get(touch.origin) })
    }
  }
  return [...touches].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

export const touchColumns: Columns<TouchRow> = [
  ({ placed }) => placed.event.request.token.websiteId,
  ({ placed }) => placed.session?.customerId ?? placed.customerId,
  ({ placed }) => placed.session?.id ?? null,
  ({ at }) => iso(at),
  ({ touch }) => touch.type,
  ({ touch }) => touch.key,
  ({ touch }) => touch.origin.source.isDirect,
  ({ touch }) => touch.origin.source.clickIdType ?? null,
  ...utmIds.map(
    (name) =>
      ({ originIds }: TouchRow) =>
        originIds?.[name] ?? null,
  ),
  ({ originIds }) => originIds?.referrerDomain ?? null,
  ({ originIds }) => originIds?.landingPage ?? null,
  ({ placed }) => placed.id,
  ({ touch: { origin } }) =>
    origin.source.clickIdValue ? JSON.stringify({ click_id: origin.source.clickIdValue }) : null,
]

// ---------------------------------------------------------------- accounts

export const rejectionColumns = (secrets: Secrets): Columns<RejectedEvent> => [
  ({ request }) => request.token.websiteId,
  ({ request }) => request.token.id,
  ({ key }) => key ?? null,
  ({ request }) => iso(request.receivedAt),
  ({ request }) => request.id,
  ({ fault }) => fault.code,
  ({ fault }) => fault.path ?? null,
  ({ fault }) => fault.message,
  ({ raw }) => `\\x${secrets.encrypt(JSON.stringify(raw) ?? 'null').toString('hex')}`,
  ({ identityHashes }) => toArrayLiteral(identityHashes),
]

export interface Usage {
  request: IngestRequest
  received: number
  stored: number
  duplicate: number
  rejected: number
}

export const usageColumns: Columns<Usage> = [
  ({ request }) => request.token.websiteId,
  ({ request }) => request.token.id,
  ({ request }) => iso(request.receivedAt),
  ({ request }) => request.ip,
  () => null,
  ({ request }) => request.id,
  ({ received }) => received,
  ({ stored }) => stored,
  ({ duplicate }) => duplicate,
  ({ rejected }) => rejected,
]
