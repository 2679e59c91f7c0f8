/** A client for npm that has not started yet: React prepares one while it renders, and starts it later. */
import type { Client } from '../core/api.ts'
import type { Core } from '../core/client.ts'
import { ConfigError, messageOf } from '../core/messages.ts'
import type { Notices } from '../core/notices.ts'
import type { ClientOptions } from '../core/options.ts'
import { createBrowserCore } from './client.ts'

/** Touches neither the page nor the device. Throws a ConfigError. */
export function prepareClient(options: ClientOptions): Pick<Core, 'client' | 'start'> {
  if (typeof window === 'undefined') throw new ConfigError(messageOf('no_page'))
  const { client, start } = createBrowserCore(withoutUndefined(options))
  if (options.debug) debugLater(client)
  return { client, start }
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
