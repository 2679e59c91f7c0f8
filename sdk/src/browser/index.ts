/** The entry for browsers: builds the five ports and hands them to the core. */
import type { Client, EventMap } from '../core/api.ts'
import { createCoreClient } from '../core/client.ts'
import { type ClientOptions, ConfigError, hostOf, readOptions, websiteKeyOf } from '../core/options.ts'
import { textOf } from '../core/texts.ts'
import { createClock } from './clock.ts'
import { createIds } from './ids.ts'
import { createLifecycle } from './lifecycle.ts'
import { createIndexedDbStorage } from './storage.ts'
import { createTransport } from './transport.ts'

export type { Client, Conversion, EventMap, Traits } from '../core/api.ts'
export type { DropReason, ErrorCode, Notices } from '../core/notices.ts'
export { type ClientOptions, ConfigError } from '../core/options.ts'

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
  if (typeof window === 'undefined') {
    throw new ConfigError(textOf('no_page'))
  }
  const settings = readOptions(options)
  const clock = createClock()
  const client = createCoreClient(settings, {
    // The demo shop and the journey know this name: see storage.ts.
    storage: createIndexedDbStorage(`headwater/${hostOf(settings.endpoint)}/${websiteKeyOf(settings.token)}`),
    transport: createTransport(),
    lifecycle: createLifecycle(),
    clock,
    ids: createIds(clock),
  })
  return client as Client<Events> // the event map exists for the compiler alone
}
