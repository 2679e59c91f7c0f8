/** The receipt: the verdict on each event, for its sender. */
import type { EventResult, Receipt, Verdict } from '@headwater/contract'
import type { StoredBatch } from './commit/commit.ts'
import { isRejected, type Judged } from './event.ts'

/** Counts all events; lists those that were not simply accepted, or all of them if `isVerbose`. */
export function writeReceipt(batch: StoredBatch, { isVerbose = false } = {}): Receipt {
  const { request, judged, verdicts, repeatedConversions } = batch
  const counts: Record<Verdict, number> = { accepted: 0, duplicate: 0, rejected: 0 }
  const results: EventResult[] = []
  for (const event of judged) {
    const status = verdicts.get(event)
    if (!status) throw new Error(`Event ${event.index} of the batch has no verdict.`) // never reported as stored
    counts[status] += 1
    const isRepeated = repeatedConversions.has(event)
    if (isVerbose || status !== 'accepted' || isRepeated) results.push(resultOf(event, status, isRepeated))
  }
  const received_at = new Date(request.receivedAt).toISOString()
  return { request_id: request.id, received_at, ...counts, results }
}

function resultOf(event: Judged, status: Verdict, isRepeated: boolean): EventResult {
  const idempotency_key = isRejected(event) ? event.idempotencyKey : event.wire.idempotency_key
  const fault = status === 'rejected' && isRejected(event) ? event.fault : {}
  const conversion = isRepeated ? ({ conversion: 'duplicate' } as const) : {}
  return { index: event.index, idempotency_key, status, ...fault, ...conversion }
}
