/** The device's storage until it fails once, then memory. What it held until then stays there for the next page. */
import type { Parts } from '../parts.ts'
import type { Storage } from '../ports.ts'
import type { Settled, State } from '../records.ts'
import { createMemoryStorage } from './memory-storage.ts'

/** The most JSON, in characters, that waits on the device: 10,000 usual events, and far from any browser's quota. */
export const maxQueueBytes = 10_000_000
/** Storage that has not answered by then will not; a busy disk takes a second. */
const limitMs = 5_000

/** Does something with the storage, or with memory in its place. */
export type UseStorage = <T>(action: (storage: Storage) => Promise<T>) => Promise<T>

/** Appends to storage; see `Storage.append`. */
export type Append = (settle: (stored: State | undefined) => Settled) => Promise<Settled>

/** `known` returns the state of the last write, from which memory continues. */
type FallbackParts = Pick<Parts, 'storage' | 'clock' | 'complain'>

export function createFallbackStorage(parts: FallbackParts, known: () => State | undefined): UseStorage {
  const { clock, complain } = parts
  let { storage } = parts

  function fallBack(cause: unknown): void {
    storage = createMemoryStorage(maxQueueBytes, known())
    complain('storage_failed', cause, cause)
  }

  function inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // In two halves: after an alert() of that length the answer comes before the second half has passed.
      const giveUp = () => reject(new Error(`no answer in ${limitMs} ms`))
      const cancel = clock.after(limitMs / 2, () => clock.after(limitMs / 2, giveUp))
      work.then(resolve, reject)
      work.then(cancel, cancel) // not `finally`, which promises of old polyfills lack
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
