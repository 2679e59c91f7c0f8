/** Storage that lasts as long as the page: for devices whose own storage fails or may not be used. */
import type { Storage } from '../ports.ts'
import type { State, StoredEvent } from '../records.ts'
import { newestWithin, without } from './pick.ts'

/** `state` is what was known when the device's storage failed. Beyond `maxBytes` of JSON the oldest events are dropped. */
export function createMemoryStorage(maxBytes: number, state?: State): Storage {
  let events: StoredEvent[] = []

  return {
    async append(settle) {
      const settled = settle(state)
      state = settled.state
      const all = [...without(events, settled.events), ...settled.events]
      events = newestWithin(maxBytes, all, ({ length }) => length)
      return { ...settled, lost: all.length - events.length }
    },
    peek: async (limit) => events.slice(0, limit),
    async remove(gone) {
      events = without(events, gone)
    },
    count: async () => events.length,
    dump: async () => [...events, state].filter(Boolean),
    async clear() {
      events = []
      state = undefined
    },
    alone: (task) => task(),
  }
}
