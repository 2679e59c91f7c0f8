/** Ingest: parse → correct clock → screen → enrich → attribute → to rows → store → receipt. */
import { type Batch, limits } from '@headwater/contract'
import type { Db } from '../db/db.ts'
import { createPartitions } from '../db/partitions.ts'
import { unavailable } from '../problems.ts'
import type { Secrets } from '../secrets.ts'
import { attribute } from './attribute.ts'
import { clockOffset, correctClock } from './clock.ts'
import { createCommit, type JudgedBatch, type StoredBatch } from './commit.ts'
import { createDimensions } from './dimensions.ts'
import { createEnricher } from './enrich.ts'
import type { Fault, IngestRequest, Judged, RejectedEvent } from './event.ts'
import { createGroupCommit } from './group-commit.ts'
import { isFault, parseEvent } from './parse.ts'
import { screen } from './screen.ts'
import { toUuid } from './uuid.ts'

export interface Ingest {
  /** Stores a batch and answers after its commit. Throws the Problem `unavailable` when it is not known to be stored. */
  ingest(batch: Batch, request: IngestRequest): Promise<StoredBatch>
  /** Resolves when everything taken is answered. */
  drain(): Promise<void>
}

/** Two keep the database busy while the next group gathers; more would only wait for each other's locks. */
const writers = 2
/** Events in a transaction: beyond this the gain is small and the wait is felt. */
const groupSize = 1_000
/** Events that may wait: about a second of work. */
const queueSize = 20_000

export function createIngest(deps: { db: Db; secrets: Secrets; now: () => number }): Ingest {
  const { db, secrets } = deps
  const commit = createCommit({
    db,
    secrets,
    partitions: createPartitions(db),
    dimensions: createDimensions(deps),
  })
  const groups = createGroupCommit<JudgedBatch, StoredBatch>({
    commit,
    weigh: ({ judged }) => Math.max(judged.length, 1),
    writers,
    groupWeight: groupSize,
    queueWeight: queueSize,
  })
  return {
    async ingest(batch, request) {
      const stored = groups.add({ request, judged: judgeBatch(batch, request, secrets) })
      if (!stored) throw unavailable(`More than ${queueSize} events wait for the database.`)
      return stored
    },
    drain: groups.drain,
  }
}

/** The pure steps: every event of a batch becomes one that may be stored, or a rejection that says why not. */
export function judgeBatch({ events }: Batch, request: IngestRequest, secrets: Secrets): Judged[] {
  const offsetMs = clockOffset(request.receivedAt, request.sentAt)
  const { enrich, identify } = createEnricher(request.token.websiteId, secrets)

  return events.map((raw, index): Judged => {
    const reject = (fault: Fault) =>
      rejectEvent({ request, index, raw, fault, hash: (type, id) => identify(type, id).hash })
    const parsed = parseEvent(raw)
    if (isFault(parsed)) return reject(parsed)
    const { wire, props } = parsed
    const times = correctClock(wire, offsetMs)
    const fault = screen(wire, times, request.receivedAt)
    if (fault) return reject(fault)
    const enriched = enrich(wire, times)
    const { occurredAt } = times
    const touches = attribute({ wire, url: enriched.url, occurredAt, session: enriched.session })
    return {
      request,
      index,
      wire,
      key: toUuid(wire.idempotency_key),
      occurredAt,
      props,
      touches,
      ...enriched,
    }
  })
}

interface Turned {
  request: IngestRequest
  index: number
  raw: unknown
  fault: Fault
  hash(type: string, id: string): string
}

/** Keeps what can be read of an event that cannot be used: its key, and its identities, so that erase finds it. */
function rejectEvent({ request, index, raw, fault, hash }: Turned): RejectedEvent {
  const fields = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown> // read defensively below
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const key = text(fields.idempotency_key)?.slice(0, limits.idempotencyKey)
  const [cookie, user] = [text(fields.anonymous_id), text(fields.user_id)]
  const identityHashes = [cookie && hash('cookie', cookie), user && hash('user_id', user)].filter(
    (found) => found !== undefined,
  )
  return {
    request,
    index,
    key: key && toUuid(key),
    idempotencyKey: key,
    fault,
    raw,
    identityHashes: identityHashes as string[],
  }
}
