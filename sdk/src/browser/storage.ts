/** The device's storage: one IndexedDB database per collector and website, one record per event, and one for the state. */
import { createStore, promisifyRequest } from 'idb-keyval'
import type { Storage } from '../core/ports.ts'

// Whoever changes the names below, or that of the database in index.ts: the demo shop (collector/src/dev/demo.html) and the
// journey (packages/testkit/src/journey.test.ts) look into the store too.
const storeName = 'records'
// Events sort before the state, and by time among themselves, because their idempotency keys do.
const eventKey = (idempotencyKey: string) => `e${idempotencyKey}`
const allEvents = () => IDBKeyRange.bound('e', 'f')
const stateKey = 'state'

/** What reads or writes fails where IndexedDB is missing, forbidden or broken. */
export function createIndexedDbStorage(name: string): Storage {
  const transact = createStore(name, storeName)

  return {
    append: (settle) =>
      transact('readwrite', async (records) => {
        const settled = settle(await promisifyRequest(records.get(stateKey)))
        records.put(settled.state, stateKey)
        for (const event of settled.events) records.put(event, eventKey(event.idempotency_key))
        await promisifyRequest(records.transaction)
        return settled
      }),
    peek: (limit) => transact('readonly', (records) => promisifyRequest(records.getAll(allEvents(), limit))),
    remove: (keys) =>
      transact('readwrite', (records) => {
        for (const key of keys) records.delete(eventKey(key))
        return promisifyRequest(records.transaction)
      }),
    count: () => transact('readonly', (records) => promisifyRequest(records.count(allEvents()))),
    async exclusively(task) {
      let run: Promise<void> | undefined
      const runOnce = () => {
        run ??= task()
        return run
      }
      try {
        await navigator.locks.request(name, runOnce)
      } catch {
        // No secure context, or a lock that is refused or taken away: without it the collector's dedup makes it right.
      }
      await runOnce()
    },
  }
}
