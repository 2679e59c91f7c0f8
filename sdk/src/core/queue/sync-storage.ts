/** The journal over any object of texts, and how what stands in it is read as JSON. */
import type { SyncStorage } from '../ports.ts'

/** `texts` may be shared with others: ours begin with `prefix`. What they do not take lasts as long as the page. */
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
        spare[name] = `${text}` // full
      }
    },
    names() {
      const mine = Object.keys(texts).filter((name) => name.startsWith(prefix))
      return [...Object.keys(spare), ...mine.map((name) => name.slice(prefix.length))]
    },
  }
}

/** Undefined where there is nothing, or nothing that we wrote. */
export function readJson<T>(syncStorage: SyncStorage, name: string): Partial<T> | undefined {
  try {
    return JSON.parse(syncStorage.read(name) ?? 'null') ?? undefined
  } catch {
    return undefined // somebody else's, or cut short
  }
}
