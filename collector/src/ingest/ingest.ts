/** Ingest: from the body of a request to its events in the database. `ingest` lists the steps in order. */
import type { Batch } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { createPartitions } from '@headwater/db/partitions'
import { TimeLimitError, withTimeLimit } from '@headwater/db/time-limit'
import { unavailable } from '@headwater/server/problem'
import type { Secrets } from '../secrets.ts'
import { createLimitRate } from '../websites/limit-rate.ts'
import { createCommit, type JudgedBatch, type StoredBatch } from './commit/commit.ts'
import { createDimensions } from './commit/dimensions.ts'
import { createGroupCommit } from './commit/group-commit.ts'
import type { Caller, IngestRequest } from './event.ts'
import { createJudge } from './judge/judge.ts'
import { readBatch } from './judge/read-batch.ts'
import { createReserveIds } from './store/group-ids.ts'

export interface Ingest {
  /**
   * Stores the batch in a body and resolves after its commit. Throws a Problem for a body that is not a batch, and the Problem
   * `unavailable` if the batch is not known to be stored.
   */
  ingest(body: string, caller: Caller): Promise<StoredBatch>
  /** Resolves when every accepted batch is answered. */
  drain(): Promise<void>
}

/** Statement limit (2 s) < this < the SDK's 10 s: a commit after a 503 should be rare. */
const defaultAnswerLimitMs = 3_000
/** Two transactions keep the database busy while the next group forms; more would only wait for each other's locks. */
const writers = 2
/** Queued events that justify a second concurrent transaction. */
const worthAWriter = 200
/** Events per transaction: beyond this, throughput gains little and latency grows. */
const groupSize = 1_000
/** A batch weighs its number of events, or its body in events of this length (UTF-16 units) if that is more: large events take longer. */
const usualEventLength = 2_000
/** Events that may be queued: about a second of work. */
const queueSize = 20_000

export interface IngestDeps {
  db: Db
  secrets: Secrets
  /** Default 3,000. */
  answerLimitMs?: number
  /** Epoch ms. */
  now(): number
  /** Called with failures that no response reports. */
  onError(error: unknown): void
}

export function createIngest(deps: IngestDeps): Ingest {
  const { now, secrets, answerLimitMs = defaultAnswerLimitMs } = deps
  const limitRate = createLimitRate()
  const judge = createJudge(secrets)
  const commit = createCommit({
    ...deps,
    partitions: createPartitions(deps),
    dimensions: createDimensions(deps),
    reserveIds: createReserveIds(deps.db),
  })
  const groups = createGroupCommit<JudgedBatch & { bodyLength: number }, StoredBatch>({
    commit,
    weigh: ({ judged, bodyLength }) => Math.max(judged.length, bodyLength / usualEventLength, 1),
    // It was answered with 503, so its sender retries.
    isStale: ({ request }) => now() - request.receivedAt > answerLimitMs,
    writers,
    worthAWriter,
    groupWeight: groupSize,
    queueWeight: queueSize,
  })
  return {
    async ingest(body, caller) {
      const batch = readBatch(body)
      await limitRate(caller.token, batch.events.length)
      const request = describeRequest(batch, caller)
      const judged = judge(batch, request) // parse → correct clock → screen → enrich → attribute → convert
      const stored = groups.add({ request, judged, bodyLength: body.length }) // commit → store
      if (!stored) throw unavailable(`More than ${queueSize} events are waiting for the database.`)
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
