/** The context of a request that middleware passes to routes, as types for Hono. */
import type { HttpBindings } from '@hono/node-server'
import type { Token } from './token.ts'

export interface AppEnv {
  /** Absent when a test calls the app without a server. */
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    /** Epoch ms. */
    receivedAt: number
    /** False while the collector drains. */
    isReady(): boolean
    /** Headers of every answer of a part of the API. */
    commonHeaders?: Record<string, string>
    /** Set by `authenticate`, before it checks what the token may do. */
    token: Token
  }
}
