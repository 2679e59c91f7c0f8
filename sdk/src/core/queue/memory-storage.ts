/** Storage that lasts as long as the page: for devices whose own storage fails or may not be used. */
import type { Storage } from '../ports.ts'
import type { State, StoredEvent } from '../records.ts'

/** `state` is what was known when the device's storage failed. Beyond `maxBytes` of JSON the oldest events are dropped. */
export function createMemoryStorage(maxBytes: number, state?: State): Storage {
  let events: Record<string, StoredEvent> = Object.create(null) // by key, in the order in which they came
  let bytes = 0

  const all = () => Object.values(events)

  function forget({ key }: StoredEvent): void {
    bytes -= events[key]?.json.length ?? 0
    delete events[key]
  }

  return {
    async append(settle) {
      const settled = settle(state)
      state = settled.state
      for (const event of settled.events) {
        forget(event)
        events[event.key] = event
        bytes += event.json.length
      }
      let lost = 0
      for (const oldest of bytes > maxBytes ? all() : []) {
        if (bytes <= maxBytes) break
        forget(oldest)
        lost++
      }
      return { ...settled, lost }
    },
    peek: async (limit) => all().slice(0, limit),
    remove: async (gone) => gone.forEach(forget),
    count: async () => all().length,
    dump: async () => [...all(), ...(state ? [state] : [])],
    async clear() {
      events = Object.create(null)
      bytes = 0
      state = undefined
    },
    exclusively: (task) => task(),
  }
}
