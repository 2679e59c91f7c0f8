/** The HTTP application: its routes, and what every answer has in common. */
import type { AppEnv } from '@headwater/server/app-env'
import { createAuthenticate, type TokenFinder } from '@headwater/server/authenticate'
import { identifyRequest } from '@headwater/server/identify-request'
import { answerProblem, Problem } from '@headwater/server/problem'
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
  /** Called with failures that no answer can carry. */
  onError(error: unknown): void
}

/** Any page may use the API, none with credentials. */
const preflight = cors({
  origin: '*',
  allowMethods: ['POST', 'GET', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'content-encoding'],
  maxAge: 7_200, // what Chromium keeps at most
})

/** An SDK reads when to come back. */
const forAnyOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After,X-Request-Id',
}

/** Puts the routes together; `extras` are those of one mode alone, such as development's. */
export function createApp(deps: AppDeps, extras: Hono<AppEnv>[] = []): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(identifyRequest(deps))
  app.options('/v1/*', preflight)
  app.use('/v1/*', (c, next) => {
    c.set('commonHeaders', forAnyOrigin)
    return next()
  })
  const authenticate = createAuthenticate(deps.tokens)
  const routes = [batchRoute({ ...deps, authenticate }), healthRoutes(deps), sdkScriptRoute(deps.sdkFiles)]
  for (const each of [...routes, ...extras]) app.route('/', each)

  app.notFound((c) =>
    answerProblem(c, new Problem('not_found', `There is no ${c.req.method} ${c.req.path} here.`)),
  )
  app.onError((error, c) => {
    const problem =
      error instanceof Problem
        ? error
        : new Problem('internal', 'Something failed that should not have.', { cause: error })
    if (problem.cause !== undefined && (problem.code === 'internal' || problem.code === 'unavailable'))
      deps.onError(problem.cause)
    return answerProblem(c, problem)
  })
  return app
}
