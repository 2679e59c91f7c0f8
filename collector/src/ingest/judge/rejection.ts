/** Builds rejections: what is kept of an event that is not stored. */
import { limits } from '@headwater/contract'
import { idempotencyKeySchema } from '@headwater/contract/schema'
import type { Token } from '@headwater/server/token'
import type { Fault, IngestEvent, IngestRequest, RejectedEvent, StreamPosition } from '../event.ts'
import { toUuid } from '../uuid.ts'

/** Rejects an event that could not be parsed; its key and readable identities are kept, so that it can be found and erased. */
export function rejectUnread(
  unread: { request: IngestRequest; index: number; raw: unknown },
  fault: Fault,
  hash: Hash,
): RejectedEvent {
  const fields = (typeof unread.raw === 'object' ? (unread.raw ?? {}) : {}) as Record<string, unknown> // any JSON; read defensively
  const idempotencyKey = idempotencyKeySchema.safeParse(fields.idempotency_key).data
  const key = idempotencyKey && toUuid(idempotencyKey)
  const others = Array.isArray(fields.identities) ? fields.identities : []
  const identities: [type: unknown, value: unknown][] = [
    ['cookie', fields.anonymous_id],
    ['user_id', fields.user_id],
    ...others.slice(0, limits.identities).map((one): [unknown, unknown] => [one?.type, one?.value]),
  ]
  const identityHashes = identities.flatMap(([type, value]) => {
    const [kind, id] = [textIn(type), textIn(value)]
    return kind && id ? [hash(kind, id)] : []
  })
  const { request, index, raw } = unread
  return {
    request,
    index,
    key,
    copyName: key && copyName(request.token, key),
    idempotencyKey,
    fault,
    payload: payloadOf(raw),
    position: positionOf(fields.stream, fields.seq),
    identityHashes,
  }
}

/** Rejects an event that only the database refused. */
export function rejectUnstorable(event: IngestEvent): RejectedEvent {
  const { request, index, key, copyName, wire, position } = event
  const message =
    'The database refused this event, and only this one. It is kept in rejected_events; please report it.'
  const fault: Fault = { code: 'unstorable', message }
  const identityHashes = [event.cookie, event.user, ...event.others].flatMap(
    (identity) => identity?.hash ?? [],
  )
  return {
    request,
    index,
    key,
    copyName,
    idempotencyKey: wire.idempotency_key,
    fault,
    payload: payloadOf(wire),
    position,
    identityHashes,
  }
}

/** Rejects an event that occurred before its person was erased. Nothing of it is kept but that it came. */
export function rejectErased({ request, index, key, copyName, wire, position }: IngestEvent): RejectedEvent {
  const message =
    'This person was erased after the event occurred. Nothing of it is stored; do not send it again.'
  return {
    request,
    index,
    key,
    copyName,
    idempotencyKey: wire.idempotency_key,
    fault: { code: 'erased', message },
    payload: '{}',
    position,
    identityHashes: [],
  }
}

/** Identifies an event by website and key, so that its copies are found. */
export const copyName = ({ websiteId }: Token, key: string): string => `${websiteId} ${key}`

/** The position of an event in its client's stream, if both fields are valid. */
export function positionOf(stream: unknown, seq: unknown): StreamPosition | undefined {
  const isNumber = typeof seq === 'number' && Number.isInteger(seq) && seq > 0 && seq <= limits.seq
  return textIn(stream) !== undefined && isNumber ? { stream: toUuid(stream as string), seq } : undefined
}

/** Characters kept of a rejected event: enough for nearly all; longer ones are cut. */
const payloadSize = 65_536

/** The event as JSON, cut to `payloadSize`; built before the transaction, so that it cannot fail there. */
function payloadOf(raw: unknown): string {
  try {
    return JSON.stringify(raw).slice(0, payloadSize)
  } catch {
    return '"nested too deeply to be kept"' // the only reason why parsed JSON cannot be serialized
  }
}

type Hash = (type: string, value: string) => string

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
