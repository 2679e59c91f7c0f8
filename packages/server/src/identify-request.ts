/** Middleware that assigns each request an id and the time it arrived. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

export interface IdentifyDeps {
  /** Epoch ms. */
  now(): number
  /** False while the collector drains: its answers then close their connections. */
  isReady(): boolean
}

export function identifyRequest({ now, isReady }: IdentifyDeps): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    c.set('requestId', randomUUID())
    c.set('receivedAt', now())
    c.set('isReady', isReady)
    return next()
  }
}
