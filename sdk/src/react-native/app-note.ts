/** What is remembered of the app from one start to the next. */
import { toJson } from '../core/json.ts'
import type { AppStorage } from './storage.ts'

export interface AppNote {
  version?: string
  build?: string
  /** The install referrer has been taken. */
  referrer?: true
}

export interface AppNotes {
  /** As it is known; undefined at the first start of an installation, and before `load`. */
  note(): AppNote | undefined
  /** Reads it. Without an answer from storage nothing is new: better no installation than a second one. */
  load(): Promise<void>
  /** Writes these changes in the transaction that stores the event with this key: neither is there without the other. */
  changeWith(key: string, changes: AppNote): void
}

export function createAppNotes(storage: Pick<AppStorage, 'note' | 'noteWith'>): AppNotes {
  let note: AppNote | undefined = {}

  return {
    note: () => note,
    async load() {
      try {
        note = JSON.parse((await storage.note()) ?? 'null') ?? undefined
      } catch {
        note = {} // unreadable; the core reports that storage has failed
      }
    },
    changeWith(key, changes) {
      note = { ...note, ...changes }
      storage.noteWith(key, toJson(note))
    },
  }
}
