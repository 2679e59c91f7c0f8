/** `GET /healthz` (the process is running) and `GET /readyz` (it can store events). */

import type { Db } from '@headwater/db/db'
import { answerJson } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { Problem } from '@headwater/server/problem'
import { Hono } from 'hono'

export interface HealthDeps {
  db: Db
  /** False while the collector drains. */
  isReady(): boolean
}

export function healthRoutes({ db, isReady }: HealthDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/healthz', (c) => answerJson(c, { status: 'ok' }))
    .get('/readyz', async (c) => {
      if (!isReady()) throw notReady('The collector is shutting down.')
      await db.query('select 1').catch((error: unknown) => {
        throw notReady('The database does not answer.', error)
      })
      return answerJson(c, { status: 'ready' })
    })
}

const notReady = (detail: string, cause?: unknown) =>
  new Problem('unavailable', detail, { cause, retryAfterS: 2 })
