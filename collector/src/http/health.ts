/** `GET /healthz` (the process lives) and `GET /readyz` (it can store events). */
import { Hono } from 'hono'
import { unavailable } from '../problems.ts'
import type { AppDeps, AppEnv } from './app-env.ts'

export function healthRoutes({ db, isReady }: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      if (!isReady()) throw unavailable('The collector is shutting down.')
      await db.query('select 1').catch((error: unknown) => {
        throw unavailable('The database does not answer.', error)
      })
      return c.json({ status: 'ready' })
    })
}
