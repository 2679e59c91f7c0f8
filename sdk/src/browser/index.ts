/** The entry for browsers, by npm. */
import type { Client, EventMap } from '../core/api.ts'
import { type ClientOptions, ConfigError } from '../core/options.ts'
import { textOf } from '../core/texts.ts'
import { createBrowserCore } from './client.ts'

export type { Client, Conversion, EventMap, Stored, Traits } from '../core/api.ts'
export type { DropReason, ErrorCode, Notices } from '../core/notices.ts'
export type { ConsentState, Persistence } from '../core/options.ts'
export { type ClientOptions, ConfigError }

/**
 * Starts a client that records page views by itself and delivers what it is told. Importing this module does nothing
 * and is safe on a server; calling this needs a page. Make one client per page and website: a second one shares visitor,
 * session and waiting events with the first, but records every page view again and hears only of what it sends itself.
 *
 * Throws a `ConfigError` that names option, value and fix when an option cannot work, and when there is no page.
 *
 *     const hw = createClient({ token: 'hw_pub_…', endpoint: 'https://t.example.com' })
 *     hw.track('add_to_cart', { sku: 'A1' })
 */
export function createClient<Events extends object = EventMap>(options: ClientOptions): Client<Events> {
  if (typeof window === 'undefined') throw new ConfigError(textOf('no_page'))
  const { client } = createBrowserCore(options)
  if (options.debug) import('../extras/debug.ts').then(({ debug }) => debug(client))
  return client as Client<Events> // the event map exists for the compiler alone
}
