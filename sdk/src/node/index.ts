/** The entry for servers: Node, and edge runtimes with `fetch`. It imports nothing of Node. */
import type { EventMap } from '../core/api.ts'
import type { ServerClient } from './api.ts'
import { createServerClient } from './client.ts'
import type { ServerOptions } from './options.ts'

export type { EventMap, Traits } from '../core/api.ts'
export type { DropReason, ErrorCode } from '../core/codes.ts'
export { ConfigError } from '../core/messages.ts'
export type { Notices } from '../core/notices.ts'
export type {
  ConversionDetails,
  Details,
  Occurrence,
  RefundDetails,
  ServerClient,
  ShutdownOptions,
  Visitor,
} from './api.ts'
export { fromRequest, type RequestLike } from './from-request.ts'
export type { ServerOptions }

/**
 * Starts a client that delivers what you record. Make one per process and website, and call `shutdown` before the process
 * ends. Importing this module does nothing; without a `spool`, neither does creating a client, before its first event.
 *
 * Throws a `ConfigError` that names option, value and fix when an option cannot work.
 *
 *     const hw = createClient({ token: process.env.HEADWATER_TOKEN, endpoint: 'https://t.example.com' })
 *     hw.conversion('purchase', { userId: 'user_42', id: '1001', revenueCents: 4999, currency: 'EUR' })
 */
export function createClient<Events extends object = EventMap>(options: ServerOptions): ServerClient<Events> {
  return createServerClient(options) as ServerClient<Events> // the event map exists only for the compiler
}
