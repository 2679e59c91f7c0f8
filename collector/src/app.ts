/** The HTTP application: its routes, and what every answer has in common. */
import type { AppEnv } from '@headwater/server/app-env'
import { createAuthenticate, type TokenFinder } from '@headwater/server/authenticate'
import { identifyRequest } from '@headwater/server/identify-request'
import { Problem, problemResponse } from '@headwater/server/problem'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { type BatchDeps, batchRoute } from './http/batch.ts'
import { type HealthDeps, healthRoutes } from './http/health.ts'
import { sdkScriptRoute } from './http/sdk-script.ts'
import type { SdkFiles } from './sdk-files.ts'

export interface AppDeps extends Omit<BatchDeps, 'authenticate'>, HealthDeps {
  tokens: TokenFinder
  sdkFiles: SdkFiles
  /** Epoch ms. */
  now(): number
  /** Hears of failures that no answer can carry. */
  onError(error: unknown): void
}

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
  app.use(identifyRequest(deps.now))
  app.use(async (c, next) => {
    await next()
    if (!deps.isReady()) c.header('connection', 'close')
  })
  app.use('/v1/*', anyOrigin)
  const authenticate = createAuthenticate(deps.tokens)
  const routes = [batchRoute({ ...deps, authenticate }), healthRoutes(deps), sdkScriptRoute(deps.sdkFiles)]
  for (const each of [...routes, ...extras]) app.route('/', each)

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
