/** Middleware that gives each request an id and the time it came, and names the id in the answer. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/** `now` answers epoch ms. */
export function identifyRequest(now: () => number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('requestId', randomUUID())
    c.set('receivedAt', now())
    await next()
    c.header('x-request-id', c.get('requestId'))
  }
}
