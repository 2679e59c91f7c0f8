/** A store that lasts as long as the page: what is left when the device's own storage fails. */
import type { WireEvent } from '@headwater/contract'
import type { Storage } from './ports.ts'
import type { State } from './state.ts'

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

/**
 * The device's storage, until it fails once: from then on memory, with the visitor and visit known so far. `onFailure`
 * is called at that moment. What was stored before stays there for the next page.
 */
export function withMemoryFallback(storage: Storage, onFailure: (cause: unknown) => void): Storage {
  let current = storage
  let lastState: State | undefined

  async function attempt<T>(use: (storage: Storage) => Promise<T>): Promise<T> {
    if (current !== storage) return use(current) // memory does not fail
    try {
      return await use(storage)
    } catch (cause) {
      if (current === storage) {
        current = createMemoryStorage(lastState)
        onFailure(cause)
      }
      return use(current)
    }
  }

  return {
    async append(settle) {
      const settled = await attempt((store) => store.append(settle))
      lastState = settled.state
      return settled
    },
    peek: (limit) => attempt((store) => store.peek(limit)),
    remove: (keys) => attempt((store) => store.remove(keys)),
    count: () => attempt((store) => store.count()),
    exclusively: (task) => attempt((store) => store.exclusively(task)),
  }
}
