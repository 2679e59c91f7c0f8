/** `POST /operations/:name`: runs CLI operations for callers that can read the lock file of this collector's folder. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { Hono } from 'hono'
import { InputError, OperationError } from '../operation-error.ts'
import { isOperation, type OperationDeps, operations } from '../operations.ts'

export function operationsRoute(deps: OperationDeps, secret: string): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/operations/:name', async (c) => {
    const name = c.req.param('name')
    if (!isOperation(name) || !isSame(c.req.header('authorization'), `Bearer ${secret}`)) return c.notFound()
    try {
      return answerJson(c, { result: await operations[name](deps, await c.req.json()) })
    } catch (error) {
      if (!(error instanceof OperationError)) throw error
      const problems = error instanceof InputError ? error.problems : undefined
      return answerJson(c, { error: error.message, problems }, { status: 400 })
    }
  })
}

function isSame(shown: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown ?? ''), digest(expected))
}
