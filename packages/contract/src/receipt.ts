/** Describes what the collector answers: the receipt of a processed batch, or a problem document. */
import type { EventCode, ProblemCode } from './codes.ts'

/** What happened to an event. */
export type Verdict = 'accepted' | 'duplicate' | 'rejected'

/** The verdict on one event of a batch. */
export interface EventResult {
  /** Position in the batch, from 0. */
  index: number
  idempotency_key?: string
  status: Verdict
  /** Why it was rejected. */
  code?: EventCode
  /** The field at fault, such as `session.utm.source`. */
  path?: string
  /** What was wrong and what to do. */
  message?: string
  /** The event was stored, but another conversion of the same name and `conversion_id` already counts. */
  conversion?: 'duplicate'
}

/** The answer to a processed batch: always status 200, after the commit. */
export interface Receipt {
  request_id: string
  received_at: string
  accepted: number
  duplicate: number
  rejected: number
  /** Only events that were not plainly accepted, unless `?verbose=1` asked for all. */
  results: EventResult[]
}

/** The answer to a request that failed as a whole (RFC 9457, `application/problem+json`). */
export interface Problem {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail: string
  request_id: string
}

/**
 * Is this body the receipt of a batch of `eventCount` events? Captive portals and proxies answer 200 too; only a
 * receipt whose counts add up proves that the events are stored.
 */
export function isReceiptFor(body: unknown, eventCount: number): body is Receipt {
  const receipt = body as Receipt | null // read defensively: every field is checked before it is used
  return (
    Array.isArray(receipt?.results) && receipt.accepted + receipt.duplicate + receipt.rejected === eventCount
  )
}
