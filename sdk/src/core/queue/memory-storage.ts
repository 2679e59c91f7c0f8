/** A store that lasts as long as the page: what is left when the device's own storage fails, or may not be used. */
import type { Storage, StoredEvent } from '../ports.ts'
import type { State } from '../visitor/state.ts'

/** `state` is what was known when the device's storage failed; the oldest events fall out beyond `maxBytes` of JSON. */
export function createMemoryStorage(maxBytes: number, state?: State): Storage {
  const events = new Map<string, StoredEvent>()
  let bytes = 0

  function forget({ key }: StoredEvent): void {
    bytes -= events.get(key)?.json.length ?? 0
    events.delete(key)
  }

  return {
    async append(settle) {
      const settled = settle(state)
      state = settled.state
      for (const event of settled.events) {
        forget(event)
        events.set(event.key, event)
        bytes += event.json.length
      }
      const before = events.size
      for (const oldest of events.values()) if (bytes > maxBytes) forget(oldest)
      return { ...settled, lost: before - events.size }
    },
    peek: async (limit) => [...events.values()].slice(0, limit),
    remove: async (gone) => gone.forEach(forget),
    count: async () => events.size,
    dump: async () => [...events.values(), ...(state ? [state] : [])],
    async clear() {
      for (const event of events.values()) forget(event)
      state = undefined
    },
    exclusively: (task) => task(),
  }
}
