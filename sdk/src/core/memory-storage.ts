/** A store that lasts as long as the page: what is left when the device's own storage fails. */
import type { WireEvent } from '@headwater/contract'
import type { Storage } from './ports.ts'
import type { State } from './state.ts'

/** `state` is what was known when the device's storage failed. */
export function createMemoryStorage(state?: State): Storage {
  const events = new Map<string, WireEvent>()

  return {
    async append(settle) {
      const settled = settle(state)
      state = settled.state
      for (const event of settled.events) events.set(event.idempotency_key, event)
      return settled
    },
    peek: async (limit) => [...events.values()].slice(0, limit),
    async remove(keys) {
      for (const key of keys) events.delete(key)
    },
    count: async () => events.size,
    exclusively: (task) => task(),
  }
}
