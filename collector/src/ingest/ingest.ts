/** Ingest: parse → correct clock → screen → enrich → attribute → to rows → store → receipt. */
import type { Batch } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { createPartitions } from '@headwater/db/partitions'
import { TimeLimitError, withTimeLimit } from '@headwater/db/time-limit'
import { unavailable } from '@headwater/server/problem'
import type { Secrets } from '../secrets.ts'
import { createCommit, type JudgedBatch, type StoredBatch } from './commit/commit.ts'
import { createDimensions } from './commit/dimensions.ts'
import { createGroupCommit } from './commit/group-commit.ts'
import type { Caller, Fault, IngestRequest, Judged } from './event.ts'
import { attribute } from './judge/attribute.ts'
import { clockOffset, correctClock } from './judge/clock.ts'
import { readJournal } from './judge/earlier-touches.ts'
import { createEnricher } from './judge/enrich.ts'
import { isFault, parseEvent } from './judge/parse.ts'
import { positionOf, rejectUnread } from './judge/rejection.ts'
import { screen } from './judge/screen.ts'
import { toUuid } from './judge/uuid.ts'

export interface Ingest {
  /** Stores a batch and answers after its commit. Throws the Problem `unavailable` when it is not known to be stored. */
  ingest(batch: Batch, caller: Caller, bodyBytes: number): Promise<StoredBatch>
  /** Resolves when everything taken is answered. */
  drain(): Promise<void>
}

/** Statement limit (2 s) < this < the SDK's 10 s: a 503 should rarely hide a commit that still happens. */
const defaultAnswerLimitMs = 3_000
/** Two keep the database busy while the next group gathers; more would only wait for each other's locks. */
const writers = 2
/** Events in a transaction: beyond this the gain is small and the wait is felt. */
const groupSize = 1_000
/** A batch weighs as many events as it has, or as many usual ones as would fill its body: large events are work too. */
const usualEventBytes = 2_000
/** Events that may wait: about a second of work. */
const queueSize = 20_000

export interface IngestDeps {
  db: Db
  secrets: Secrets
  /** Default 3,000. */
  answerLimitMs?: number
  /** Epoch ms. */
  now(): number
  /** Hears of failures that no answer can carry. */
  onError(error: unknown): void
}

export function createIngest(deps: IngestDeps): Ingest {
  const { now, secrets, answerLimitMs = defaultAnswerLimitMs } = deps
  const commit = createCommit({
    ...deps,
    partitions: createPartitions(deps),
    dimensions: createDimensions(deps),
  })
  const groups = createGroupCommit<JudgedBatch & { bodyBytes: number }, StoredBatch>({
    commit,
    weigh: ({ judged, bodyBytes }) => Math.max(judged.length, bodyBytes / usualEventBytes, 1),
    // Its sender has been told to send it again.
    isStale: ({ request }) => now() - request.receivedAt > answerLimitMs,
    writers,
    groupWeight: groupSize,
    queueWeight: queueSize,
  })
  return {
    async ingest(batch, caller, bodyBytes) {
      const request = describeRequest(batch, caller)
      const stored = groups.add({ request, judged: judgeBatch(batch, request, secrets), bodyBytes })
      if (!stored) throw unavailable(`More than ${queueSize} events wait for the database.`)
      return withTimeLimit(stored, answerLimitMs).catch((error: unknown) => {
        if (!(error instanceof TimeLimitError)) throw error
        throw unavailable(`The events were not stored within ${answerLimitMs / 1000} s.`, error)
      })
    },
    drain: groups.drain,
  }
}

function describeRequest({ sent_at, sdk, dropped = {} }: Batch, caller: Caller): IngestRequest {
  const sentAt = sent_at === undefined ? undefined : Date.parse(sent_at)
  const hasDropped = Object.values(dropped).some((count) => count > 0)
  return {
    ...caller,
    sentAt,
    dropped: hasDropped ? dropped : null,
    sdkVersion: sdk ? `${sdk.name}/${sdk.version}` : null,
  }
}

/** The pure steps: every event of a batch becomes one that may be stored, or a rejection that says why not. */
function judgeBatch({ events }: Batch, request: IngestRequest, secrets: Secrets): Judged[] {
  const offsetMs = clockOffset(request.receivedAt, request.sentAt)
  const { enrich, identify } = createEnricher(request.token, secrets)

  return events.map((raw, index): Judged => {
    const reject = (fault: Fault) =>
      rejectUnread({ request, index, raw }, fault, (type, id) => identify(type, id).hash)
    const parsed = parseEvent(raw)
    if (isFault(parsed)) return reject(parsed)
    const { wire, props } = parsed
    const times = correctClock(wire, offsetMs, request.receivedAt)
    const fault = screen(wire, times, request)
    if (fault) return reject(fault)
    const enriched = enrich(wire, times)
    const { occurredAt } = times
    const visit = enriched.session ?? enriched.arrival
    const touches = attribute({ wire, url: enriched.url, occurredAt, session: visit })
    return {
      request,
      index,
      wire,
      key: toUuid(wire.idempotency_key),
      occurredAt,
      props,
      position: positionOf(wire.stream, wire.seq),
      touches,
      journal: readJournal(wire, times, request),
      ...enriched,
    }
  })
}
