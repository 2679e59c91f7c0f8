/** A client in a browser: builds the six ports and passes them to the core. */
import { type Core, createCore } from '../core/client.ts'
import { type ClientOptions, hostOf, readOptions, websiteKeyOf } from '../core/options.ts'
import { maxQueueBytes } from '../core/queue/fallback-storage.ts'
import { createMemoryStorage } from '../core/queue/memory-storage.ts'
import { createSyncStorage } from '../core/queue/sync-storage.ts'
import { createClock } from './clock.ts'
import { createIdCookie } from './cookie.ts'
import { createIds } from './ids.ts'
import { createLifecycle } from './lifecycle.ts'
import { isRefused } from './refusal.ts'
import { createIndexedDbStorage } from './storage.ts'
import { createDeviceSyncStorage } from './sync-storage.ts'
import { createTransport } from './transport.ts'

/** Throws a ConfigError. */
export function createBrowserCore(options: ClientOptions): Core {
  const settings = readOptions(options, isRefused(options.respectDnt) ? 'denied' : 'granted')
  // The demo shop and the journey use this name too: see storage.ts.
  const name = `headwater/${hostOf(settings.endpoint)}/${websiteKeyOf(settings.token)}`
  const { persistence } = settings
  const isKept = persistence !== 'memory'
  const cookie = persistence === 'cookie' ? createIdCookie() : undefined
  const clock = createClock()
  return createCore(settings, {
    storage: isKept ? createIndexedDbStorage(name, maxQueueBytes) : createMemoryStorage(maxQueueBytes),
    syncStorage: isKept ? createDeviceSyncStorage(name, cookie) : createSyncStorage(),
    transport: createTransport(settings.collectorCookie ? cookie?.domain : undefined),
    lifecycle: createLifecycle(),
    clock,
    ids: createIds(clock),
  })
}
