/** What clients of one website in one app share: their storage and their sync storage. */
import type { AppStore } from './app-store.ts'
import { type AppStorage, createAppStorage } from './storage.ts'
import { createAppSyncStorage, type RestoredSyncStorage } from './sync-storage.ts'
import { createTexts, type TextsOptions } from './texts.ts'

export interface Device {
  storage: AppStorage
  syncStorage: RestoredSyncStorage
}

/** AsyncStorage on Android holds 6 MB for the whole app unless the app asks for more: 4,000 usual events leave room. */
const maxBytes = 4_000_000

const devices = new WeakMap<AppStore, Map<string, Device>>()

/** The device for this prefix in this storage. A second client gets the same one, as after a fast refresh. */
export function openDevice(options: TextsOptions): Device {
  const { store, prefix } = options
  const known = devices.get(store) ?? new Map<string, Device>()
  devices.set(store, known)
  const device = known.get(prefix) ?? createDevice(options)
  known.set(prefix, device)
  return device
}

function createDevice(options: TextsOptions): Device {
  const texts = createTexts(options)
  const syncStorage = createAppSyncStorage(texts)
  const storage = createAppStorage(texts, maxBytes)
  return {
    storage: {
      ...storage,
      // Whatever is sent respects the pauses of earlier starts.
      alone: (task) => storage.alone(() => syncStorage.restored.then(task)),
    },
    syncStorage,
  }
}
