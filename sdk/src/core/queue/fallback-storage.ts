/** The device's storage until it fails once, then memory: what it held before stays there for the next page. */

import type { Parts } from '../parts.ts'
import type { Storage } from '../ports.ts'
import type { State } from '../visitor/state.ts'
import { createMemoryStorage } from './memory-storage.ts'

/** The most JSON, in characters, that waits on the device: 10,000 usual events, and far from any browser's quota. */
export const maxQueueBytes = 10_000_000
/** A store that has not answered by then will not; a busy disk takes a second. */
const limitMs = 5_000

/** Does something with the storage, or with its stand-in. */
export type UseStore = <T>(action: (storage: Storage) => Promise<T>) => Promise<T>

/** `known` is the state as of the last write, for memory to go on with. */
export function createStore({ ports, notices }: Parts, known: () => State | undefined): UseStore {
  let { storage } = ports

  function fallBack(cause: unknown): void {
    storage = createMemoryStorage(maxQueueBytes, known())
    notices.complain('storage_failed', cause, cause)
  }

  function inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { after } = ports.clock
      // In two halves: after an alert() of that length answers come before the second one.
      const giveUp = () => reject(new Error(`no answer within ${limitMs} ms`))
      const cancel = after(limitMs / 2, () => after(limitMs / 2, giveUp))
      work.then(resolve, reject).finally(cancel)
    })
  }

  return async (action) => {
    const used = storage
    try {
      return await inTime(action(used))
    } catch (cause) {
      if (used === storage) fallBack(cause)
      return action(storage)
    }
  }
}
