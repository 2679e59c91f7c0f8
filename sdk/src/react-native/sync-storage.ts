/** Sync storage in memory, kept in the app's storage, because nothing in an app can be read at once. */
import type { SyncStorage } from '../core/ports.ts'
import { createSyncStorage } from '../core/queue/sync-storage.ts'
import type { Texts } from './texts.ts'

export interface RestoredSyncStorage extends SyncStorage {
  /** Resolves when the texts of earlier starts are there, or cannot be read. */
  restored: Promise<void>
}

const prefix = 'text/'
/** The state in storage is as new as the id record: the core writes both for the same events. */
const isKept = (name: string) => name !== 'id'

/**
 * The core reads the pauses of the collector and the notes of an app that was left (queue/leftovers.ts) here. It does so
 * only after `restored`, for which lifecycle and storage wait.
 */
export function createAppSyncStorage(texts: Texts): RestoredSyncStorage {
  const memory: Record<string, string> = {}
  const { read, write, names } = createSyncStorage(memory)

  async function restore(): Promise<void> {
    const stored = (await texts.names()).filter((name) => name.startsWith(prefix))
    const found = await texts.read(stored)
    for (const [at, name] of stored.entries()) memory[name.slice(prefix.length)] ??= `${found[at] ?? ''}`
  }

  return {
    read,
    write(name, text) {
      write(name, text)
      if (isKept(name)) void texts.write([[prefix + name, text]]) // never rejects
    },
    names,
    restored: restore().catch(() => {}), // the storage reports that it cannot be read
  }
}
