/** The device's storage: one IndexedDB database per collector and website, one record per event, and one for the state. */
import { createStore, promisifyRequest } from 'idb-keyval'
import type { Storage } from '../core/ports.ts'

// Events sort before the state, and by time among themselves, because their idempotency keys do.
const eventKey = (idempotencyKey: string) => `e${idempotencyKey}`
const allEvents = () => IDBKeyRange.bound('e', 'f')
const stateKey = 'state'

/** Methods fail where IndexedDB is missing, forbidden or broken. */
export function createIndexedDbStorage(name: string): Storage {
  const transact = createStore(name, 'records')

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
      // One sender among the tabs. Web Locks need a secure context; without them the collector's dedup still makes it right.
      if (navigator.locks) await navigator.locks.request(name, task)
      else await task()
    },
  }
}
