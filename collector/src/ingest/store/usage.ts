/** What each request brought, as rows of `token_usages`: received = stored + duplicate + rejected. */
import type { ProblemCode } from '@headwater/contract'
import { type Columns, queryRows, toInstant } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { Caller, IngestRequest } from '../event.ts'
import type { Verdicts } from './keys.ts'
import insertTokenUsages from './sql/insert_token_usages.sql?raw'

/** What a row says of its request. */
type CountedRequest = Pick<Caller, 'id' | 'token' | 'receivedAt' | 'ip'>

interface Usage {
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
  requests: IngestRequest[],
  verdicts: Verdicts,
): Promise<void> {
  const usages = new Map<CountedRequest, Usage>(
    requests.map((request) => [request, emptyUsage(request, null)]),
  )
  for (const [event, verdict] of verdicts) {
    const usage = usages.get(event.request)
    if (!usage) continue // a trial of some of the events stores no counts
    usage.received += 1
    usage[verdict] += 1
  }
  for (const request of requests) {
    const usage = usages.get(request)
    // Told again with a batch that was stored before, drops were counted with it.
    const isRepeated = usage !== undefined && usage.received > 0 && usage.duplicate === usage.received
    if (usage && !isRepeated) usage.dropped = request.dropped
  }
  await queryRows(tx, { sql: insertTokenUsages, columns: usageColumns, rows: [...usages.values()] })
}

/** A refused request leaves its row too. */
export async function recordRefusal(
  queries: Queries,
  request: CountedRequest,
  errorCode: ProblemCode,
): Promise<void> {
  await queryRows(queries, {
    sql: insertTokenUsages,
    columns: usageColumns,
    rows: [emptyUsage(request, errorCode)],
  })
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

export const usageColumns: Columns<Usage> = {
  website_id: ({ request }) => request.token.websiteId,
  ingestion_token_id: ({ request }) => request.token.id,
  occurred_at: ({ request }) => toInstant(request.receivedAt),
  ip: ({ request }) => request.ip,
  error_code: ({ errorCode }) => errorCode,
  request_id: ({ request }) => request.id,
  received: ({ received }) => received,
  stored: ({ accepted }) => accepted,
  duplicate: ({ duplicate }) => duplicate,
  rejected: ({ rejected }) => rejected,
  dropped: ({ dropped }) => dropped && JSON.stringify(dropped),
}
