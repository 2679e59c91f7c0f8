/** The HTTP application: its routes, and what all responses share. */

import { answerProblem } from '@headwater/server/answer'
import type { AppEnv } from '@headwater/server/app-env'
import { createAuthenticate, type TokenFinder } from '@headwater/server/authenticate'
import { identifyRequest } from '@headwater/server/identify-request'
import { Problem } from '@headwater/server/problem'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { type BatchDeps, batchRoute } from './http/batch.ts'
import { channelRoutes } from './http/channels.ts'
import { customerRoutes } from './http/customers.ts'
import { explainRoutes } from './http/explain.ts'
import { type HealthDeps, healthRoutes } from './http/health.ts'
import { jobRoutes } from './http/jobs.ts'
import { rulesRoutes } from './http/rules.ts'
import { sdkScriptRoute } from './http/sdk-script.ts'
import type { SdkFiles } from './sdk-files.ts'
import type { Secrets } from './secrets.ts'

export interface AppDeps extends Omit<BatchDeps, 'authenticate'>, HealthDeps {
  tokens: TokenFinder
  secrets: Secrets
  sdkFiles: SdkFiles
  /** Epoch ms. */
  now(): number
  /** Called with failures that no response reports. */
  onError(error: unknown): void
}

/** Any origin may call the API, without credentials. */
const preflight = cors({
  origin: '*',
  allowMethods: ['POST', 'GET', 'PATCH', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'content-encoding'],
  maxAge: 7_200, // Chromium's maximum
})

/** Exposes `Retry-After` to SDKs. */
const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After,X-Request-Id',
}

/** Assembles the routes; `extras` belong to one mode only, such as development. */
export function createApp(deps: AppDeps, extras: Hono<AppEnv>[] = []): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(identifyRequest(deps))
  app.options('/v1/*', preflight)
  app.use('/v1/*', (c, next) => {
    c.set('commonHeaders', corsHeaders)
    return next()
  })
  const authenticate = createAuthenticate(deps.tokens)
  const routes = [
    batchRoute({ ...deps, authenticate }),
    channelRoutes({ ...deps, authenticate }),
    explainRoutes({ ...deps, authenticate }),
    customerRoutes({ ...deps, authenticate }),
    jobRoutes({ ...deps, authenticate }),
    rulesRoutes({ ...deps, authenticate }),
    healthRoutes(deps),
    sdkScriptRoute(deps.sdkFiles),
  ]
  for (const each of [...routes, ...extras]) app.route('/', each)

  app.notFound((c) =>
    answerProblem(c, new Problem('not_found', `No route matches ${c.req.method} ${c.req.path}.`)),
  )
  app.onError((error, c) => {
    const problem =
      error instanceof Problem
        ? error
        : new Problem('internal', 'The collector failed unexpectedly.', { cause: error })
    if (problem.cause !== undefined && (problem.code === 'internal' || problem.code === 'unavailable'))
      deps.onError(problem.cause)
    return answerProblem(c, problem)
  })
  return app
}
