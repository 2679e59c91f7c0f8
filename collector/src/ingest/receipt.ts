/** Step 8, receipt: tells the sender what became of each event. */
import type { EventResult, Receipt } from '@headwater/contract'
import type { StoredBatch } from './commit/commit.ts'
import { isRejected, type Judged } from './event.ts'

/** Counts all events; lists those that were not plainly accepted, or all of them when `isVerbose`. */
export function writeReceipt(batch: StoredBatch, { isVerbose = false } = {}): Receipt {
  const { request, judged } = batch
  const results = judged.map((event) => resultOf(event, batch))
  const count = (wanted: EventResult['status']) => results.filter(({ status }) => status === wanted).length
  return {
    request_id: request.id,
    received_at: new Date(request.receivedAt).toISOString(),
    accepted: count('accepted'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    results: results.filter(({ status, conversion }) => isVerbose || status !== 'accepted' || conversion),
  }
}

function resultOf(event: Judged, { verdicts, repeatedConversions }: StoredBatch): EventResult {
  const status = verdicts.get(event)
  if (!status) throw new Error(`Event ${event.index} of the batch was given no verdict.`) // never taken for stored
  const idempotency_key = isRejected(event) ? event.idempotencyKey : event.wire.idempotency_key
  const fault = status === 'rejected' && isRejected(event) ? event.fault : {}
  const conversion = repeatedConversions.has(event) ? ({ conversion: 'duplicate' } as const) : {}
  return { index: event.index, idempotency_key, status, ...fault, ...conversion }
}
