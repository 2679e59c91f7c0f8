/** Counts the events of each request, as rows of `token_usages`: received = stored + duplicate + rejected. */
import type { ProblemCode } from '@headwater/contract'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Caller, IngestRequest } from '../event.ts'
import type { Verdicts } from './keys.ts'
import insertTokenUsages from './sql/insert_token_usages.sql?raw'

/** The part of a request that is recorded. */
type CountedRequest = Pick<Caller, 'id' | 'token' | 'receivedAt' | 'ip'>

export interface Usage {
  request: CountedRequest
  /** Null: the batch was processed. */
  errorCode: ProblemCode | null
  dropped: Record<string, number> | null
  received: number
  accepted: number
  duplicate: number
  rejected: number
}

/** Counts the verdicts of processed requests, in the transaction that stores their events. */
export async function recordUsages(
  tx: Queries,
  requests: readonly IngestRequest[],
  verdicts: Verdicts,
): Promise<void> {
  await runRows(tx, usageInsert, usagesOf(requests, verdicts))
}

/** Records a refused request. */
export async function recordRefusal(
  queries: Queries,
  request: CountedRequest,
  errorCode: ProblemCode,
): Promise<void> {
  await runRows(queries, usageInsert, [emptyUsage(request, errorCode)])
}

export function usagesOf(requests: readonly IngestRequest[], verdicts: Verdicts): Usage[] {
  const usages = new Map<CountedRequest, Usage>(
    requests.map((request) => [request, emptyUsage(request, null)]),
  )
  for (const [event, verdict] of verdicts) {
    const usage = usages.get(event.request) as Usage // every event belongs to one of the requests
    usage.received += 1
    usage[verdict] += 1
  }
  for (const request of requests) {
    const usage = usages.get(request) as Usage
    // The drops of a retried batch were counted with its first copy.
    const isRepeated = usage.received > 0 && usage.duplicate === usage.received
    if (!isRepeated) usage.dropped = request.dropped
  }
  return [...usages.values()]
}

const emptyUsage = (request: CountedRequest, errorCode: ProblemCode | null): Usage => ({
  request,
  errorCode,
  dropped: null,
  received: 0,
  accepted: 0,
  duplicate: 0,
  rejected: 0,
})

const usageInsert = rowStatement<Usage>(insertTokenUsages, {
  website_id: ({ request }) => request.token.websiteId,
  ingestion_token_id: ({ request }) => request.token.id,
  occurred_at: ({ request }) => request.receivedAt,
  ip: ({ request }) => request.ip,
  success: ({ errorCode }) => errorCode === null,
  error_code: ({ errorCode }) => errorCode,
  request_id: ({ request }) => request.id,
  received: ({ received }) => received,
  stored: ({ accepted }) => accepted,
  duplicate: ({ duplicate }) => duplicate,
  rejected: ({ rejected }) => rejected,
  dropped: ({ dropped }) => dropped && JSON.stringify(dropped),
})
