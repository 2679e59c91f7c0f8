/** Sync storage over any object of texts, and how to read its texts as JSON. */
import type { SyncStorage } from '../ports.ts'

/**
 * `texts` may be shared with others; the names of this storage begin with `prefix`. What it cannot take lasts as long as the
 * page.
 */
export function createSyncStorage(texts: Record<string, string> = {}, prefix = ''): SyncStorage {
  const spare: Record<string, string> = {}

  return {
    read: (name) => spare[name] ?? texts[prefix + name],
    write(name, text) {
      delete spare[name]
      try {
        if (text === undefined) delete texts[prefix + name]
        else texts[prefix + name] = text
      } catch {
        spare[name] = `${text}` // it is full
      }
    },
    names() {
      const mine = Object.keys(texts).filter((name) => name.startsWith(prefix))
      return [...Object.keys(spare), ...mine.map((name) => name.slice(prefix.length))]
    },
  }
}

/** Undefined when there is nothing, or nothing that the SDK wrote. */
export function readJson<T>(syncStorage: SyncStorage, name: string): Partial<T> | undefined {
  try {
    return JSON.parse(syncStorage.read(name) ?? 'null') ?? undefined
  } catch {
    return undefined // someone else's, or cut short
  }
}
