/** Step 8, receipt: tells the sender what became of each event. */
import type { EventResult, Receipt } from '@headwater/contract'
import type { StoredBatch } from './commit.ts'
import { isRejected, type Judged } from './event.ts'
import type { Outcome } from './store.ts'

/** Counts all events; lists those that were not plainly accepted. */
export function writeReceipt({ request, judged, outcomes }: StoredBatch): Receipt {
  const receipt: Receipt = {
    request_id: request.id,
    received_at: new Date(request.receivedAt).toISOString(),
    accepted: 0,
    duplicate: 0,
    rejected: 0,
    results: [],
  }
  for (const event of judged) {
    const result = resultOf(event, outcomes.get(event) ?? 'rejected')
    receipt[result.status] += 1
    if (result.status !== 'accepted' || result.conversion) receipt.results.push(result)
  }
  return receipt
}

/** The receipt with a line for every event, as `?verbose=1` asks. */
export function writeVerboseReceipt(batch: StoredBatch): Receipt {
  const results = batch.judged.map((event) => resultOf(event, batch.outcomes.get(event) ?? 'rejected'))
  return { ...writeReceipt(batch), results }
}

function resultOf(event: Judged, outcome: Outcome): EventResult {
  const key = isRejected(event) ? event.idempotencyKey : event.wire.idempotency_key
  const result: EventResult = { index: event.index, idempotency_key: key, status: 'accepted' }
  if (outcome === 'conversion_duplicate') return { ...result, conversion: 'duplicate' }
  if (outcome === 'rejected' && isRejected(event)) return { ...result, status: 'rejected', ...event.fault }
  return { ...result, status: outcome === 'duplicate' ? 'duplicate' : 'accepted' }
}
