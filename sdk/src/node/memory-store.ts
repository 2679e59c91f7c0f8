/** Keeps events in memory, up to a limit. */
import type { StoredEvent } from '../core/records.ts'
import { batchOf, type Store } from './store.ts'

export interface Room {
  maxQueueEvents: number
  /** In characters of JSON, which equal bytes for most of an event. */
  maxQueueBytes: number
}

export function createMemoryStore({ maxQueueEvents, maxQueueBytes }: Room): Store {
  const events = new Map<string, StoredEvent>() // in the order of their keys
  let taken = new Set<string>() // perhaps stored by now, so they are not dropped
  let chars = 0
  let last = 0

  function drop({ key, json }: StoredEvent): boolean {
    if (!events.delete(key)) return false
    chars -= json.length
    return true
  }

  function makeRoom(): number {
    let dropped = 0
    for (const event of events.values()) {
      if (events.size <= maxQueueEvents && chars <= maxQueueBytes) break
      if (!taken.has(event.key) && drop(event)) dropped++
    }
    return dropped
  }

  return {
    add(json) {
      const key = `m${++last}` // not the idempotency key, which a caller may use twice
      events.set(key, { key, json })
      chars += json.length
      return makeRoom()
    },
    next(limit) {
      const batch = batchOf(events.values(), limit)
      taken = new Set(batch.map(({ key }) => key))
      return batch
    },
    remove(gone) {
      for (const event of gone) drop(event)
    },
    size: () => events.size,
    unsaved: () => events.size,
    adopt() {},
    close() {},
  }
}
