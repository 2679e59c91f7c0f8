/** `GET /healthz` (the process lives) and `GET /readyz` (it can store events). */
import { Hono } from 'hono'
import { Problem } from '../problems.ts'
import type { AppDeps, AppEnv } from './app-env.ts'

export function healthRoutes({ db, isReady }: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      if (!isReady()) throw notReady('The collector is shutting down.')
      await db.query('select 1').catch((error: unknown) => {
        throw notReady('The database does not answer.', error)
      })
      return c.json({ status: 'ready' })
    })
}

const notReady = (detail: string, cause?: unknown) =>
  new Problem('unavailable', detail, { cause, retryAfterS: 2 })
