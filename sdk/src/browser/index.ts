/** The npm entry for browsers. */
import type { Client, EventMap } from '../core/api.ts'
import { ConfigError, messageOf } from '../core/messages.ts'
import type { Notices } from '../core/notices.ts'
import type { ClientOptions } from '../core/options.ts'
import { createBrowserCore } from './client.ts'

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
  if (typeof window === 'undefined') throw new ConfigError(messageOf('no_page'))
  const { client, start } = createBrowserCore(withoutUndefined(options))
  if (options.debug) debugLater(client)
  start()
  return client as Client<Events> // the event map exists only for the compiler
}

/** The file takes a moment to load; notices wait for it. */
function debugLater({ on }: Pick<Client, 'on'>): void {
  const listeners: Partial<Record<keyof Notices, (notice: never) => void>> = {}
  const listen: Client['on'] = (name, listener) => {
    listeners[name] = listener
    return () => {}
  }
  const loaded = import('../extras/debug.ts').then(({ debug }) => debug({ on: listen })).catch(console.warn)
  const names = ['recorded', 'answered', 'dropped', 'error'] as const
  for (const name of names) on(name, (notice) => loaded.then(() => listeners[name]?.(notice as never))) // paired by `listen`
}

// An undefined option counts as left out.
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T // lacks what T may lack
}
