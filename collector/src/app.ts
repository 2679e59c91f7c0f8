/** The HTTP application: its routes, and what every answer has in common. */
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { AppDeps, AppEnv } from './http/app-env.ts'
import { batchRoute } from './http/batch.ts'
import { healthRoutes } from './http/health.ts'
import { sdkScriptRoute } from './http/sdk-script.ts'
import { Problem, problemResponse } from './problems.ts'

/** Any page may send events, none with credentials; an SDK may read when to come back. */
const anyOrigin = cors({
  origin: '*',
  allowMethods: ['POST', 'GET', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'content-encoding'],
  exposeHeaders: ['Retry-After', 'X-Request-Id'],
  maxAge: 7_200, // what Chromium keeps at most
})

/** Puts the routes together; `extras` are those of one mode alone, such as development's. */
export function createApp(deps: AppDeps, extras: Hono<AppEnv>[] = []): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    c.set('requestId', randomUUID())
    await next()
    c.header('x-request-id', c.get('requestId'))
    if (!deps.isReady()) c.header('connection', 'close')
  })
  app.use('/v1/*', anyOrigin)
  for (const routes of [batchRoute(deps), healthRoutes(deps), sdkScriptRoute(deps.sdkFiles), ...extras])
    app.route('/', routes)

  app.notFound((c) =>
    problemResponse(
      new Problem('not_found', `There is no ${c.req.method} ${c.req.path} here.`),
      c.get('requestId'),
    ),
  )
  app.onError((error, c) => {
    const problem =
      error instanceof Problem
        ? error
        : new Problem('internal', 'Something failed that should not have.', { cause: error })
    if (problem.cause !== undefined && (problem.code === 'internal' || problem.code === 'unavailable'))
      deps.onError(problem.cause)
    return problemResponse(problem, c.get('requestId'))
  })
  return app
}
