/** Whole-request failures: thrown as a Problem, answered as an RFC 9457 document. */
import type { ProblemCode } from '@headwater/contract'

/** A request that cannot be served, and what its sender can do about it. */
export class Problem extends Error {
  override name = 'Problem'
  /** For 503: after how many seconds to try again. */
  readonly retryAfterS: number | undefined

  constructor(
    readonly code: ProblemCode,
    detail: string,
    options: { cause?: unknown; retryAfterS?: number } = {},
  ) {
    super(detail, { cause: options.cause })
    this.retryAfterS = options.retryAfterS
  }
}

/** The collector cannot store right now; nothing is stored in part. */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem('unavailable', `${detail} Nothing is known to be stored: send the same events again.`, {
    cause,
    retryAfterS: 2,
  })
}
