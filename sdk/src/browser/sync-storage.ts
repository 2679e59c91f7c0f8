/** The device's sync storage: texts in localStorage, and the visitor's id record in a cookie if one is used. */

import type { SyncStorage } from '../core/ports.ts'
import { createSyncStorage } from '../core/queue/sync-storage.ts'
import type { IdCookie } from './cookie.ts'

const idName = 'id'

/** `name` is that of the storage, so that two websites on one origin never mix. */
export function createDeviceSyncStorage(name: string, cookie: IdCookie | undefined): SyncStorage {
  const syncStorage = createSyncStorage(localTexts(), `${name}/`)
  if (!cookie) return syncStorage
  const { read, write } = cookie
  return {
    read: (name) => (name === idName ? read() : syncStorage.read(name)),
    write: (name, text) => (name === idName ? write(text) : syncStorage.write(name, text)),
    names: () => [...(read() ? [idName] : []), ...syncStorage.names()],
  }
}

function localTexts(): Record<string, string> | undefined {
  try {
    return localStorage ?? undefined // Android's WebView has null when it is switched off
  } catch {
    return undefined // forbidden: the texts last as long as the page
  }
}
