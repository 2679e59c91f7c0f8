/** Whole-request failures: thrown as a Problem, answered as an RFC 9457 document. */
import { type ProblemCode, type Problem as ProblemDocument, problems } from '@headwater/contract'
import type { Context } from 'hono'
import { answerJson } from './answer.ts'
import type { AppEnv } from './app-env.ts'

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

/** The answer to a failed request. */
export function answerProblem(c: Context<AppEnv>, problem: Problem): Response {
  const { status, title } = problems[problem.code]
  const document: ProblemDocument = {
    type: `urn:headwater:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    detail: problem.message,
    request_id: c.get('requestId'),
  }
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'access-control-allow-origin': '*', // pages may read the error
  }
  if (problem.retryAfterS !== undefined) headers['retry-after'] = String(problem.retryAfterS)
  return answerJson(c, document, { status, headers })
}
