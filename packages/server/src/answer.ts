/**
 * Creates the answers. Their headers are one plain record from the start: changing one of an existing answer, or keeping them
 * in a Headers object, costs about 100 µs, as much as the rest of HTTP here.
 */
import { type Problem as ProblemDocument, problems } from '@headwater/contract'
import type { Context } from 'hono'
import type { AppEnv } from './app-env.ts'
import type { Problem } from './problem.ts'

export interface AnswerOptions {
  /** Default: 200. */
  status?: number
  /** In addition to the headers that every answer has. Names in lower case. */
  headers?: Record<string, string>
}

/** Answers with a value as JSON. */
export function answerJson(
  c: Context<AppEnv>,
  value: unknown,
  { status, headers }: AnswerOptions = {},
): Response {
  return answer(c, JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Answers with a text, or with bytes as they come; null: without a body. */
export function answer(
  c: Context<AppEnv>,
  body: string | ReadableStream<Uint8Array> | null,
  { status, headers }: AnswerOptions = {},
): Response {
  return new Response(body, { status, headers: { ...commonHeaders(c), ...headers } })
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

function commonHeaders(c: Context<AppEnv>): Record<string, string> {
  const common: Record<string, string> = { ...c.get('commonHeaders'), 'x-request-id': c.get('requestId') }
  if (!c.get('isReady')()) common.connection = 'close'
  return common
}
