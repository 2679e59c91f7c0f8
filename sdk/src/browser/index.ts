/** The npm entry for browsers. */
import type { Client, EventMap } from '../core/api.ts'
import { ConfigError } from '../core/messages.ts'
import type { ClientOptions } from '../core/options.ts'
import { prepareClient } from './prepare.ts'

export type { Client, Conversion, EventMap, Stored, Traits } from '../core/api.ts'
export type { DropReason, ErrorCode } from '../core/codes.ts'
export type { Notices } from '../core/notices.ts'
export type { ConsentState, Persistence } from '../core/options.ts'
export { type ClientOptions, ConfigError }

/**
 * Starts a client that records page views automatically and delivers what you record. Importing this module does nothing
 * and is safe on a server; calling this needs a page. Make one client per page and website: a second one shares visitor,
 * session and waiting events with the first, but records every page view again and is notified only of what it sends itself.
 *
 * Throws a `ConfigError` that names option, value and fix when an option cannot work, and when there is no page.
 *
 *     const hw = createClient({ token: 'hw_pub_…', endpoint: 'https://t.example.com' })
 *     hw.track('add_to_cart', { sku: 'A1' })
 */
export function createClient<Events extends object = EventMap>(options: ClientOptions): Client<Events> {
  const { client, start } = prepareClient(options)
  start()
  return client as Client<Events> // the event map exists only for the compiler
}
