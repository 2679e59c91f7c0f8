/** The device's storage: one IndexedDB database per collector and website, one record per event, and one for the state. */

import type { Storage } from '../core/ports.ts'
import type { State, StoredEvent } from '../core/records.ts'
import { createStore, promisifyRequest, type UseStore } from './database.ts'
import { createWebLock } from './web-lock.ts'

// The demo shop (collector/src/dev/demo.html) and the journey (packages/journeys/src/journey.test.ts) use these names too, and
// that of the database in client.ts.
const storeName = 'records'
// Events sort before the other records, and by time among themselves, because their idempotency keys do.
const nameOf = (event: StoredEvent) => `q${event.key}`
const allEvents = () => IDBKeyRange.bound('q', 'r')
const stateName = 'state'
const bytesName = 'bytes'
/** In one transaction; if that does not make enough room, the next one drops more. */
const maxDropped = 1_000

/**
 * Reading and writing fail where IndexedDB is missing, forbidden or broken. Beyond `maxBytes` of JSON the oldest events are
 * dropped.
 */
export function createIndexedDbStorage(name: string, maxBytes: number): Storage {
  let store: UseStore | undefined
  const transact: UseStore = (mode, action) => {
    store ??= createStore(name, storeName)
    return store(mode, action)
  }
  const ask = <T>(question: (records: IDBObjectStore) => IDBRequest<T>) =>
    transact('readonly', (records) => promisifyRequest(question(records)))
  // Opening a database creates it; looking for one must not. Firefox before 126 cannot list databases.
  const isThere = async () =>
    store !== undefined || ((await indexedDB.databases?.())?.some((each) => each.name === name) ?? true)

  return {
    append: (settle) =>
      transact('readwrite', async (records) => {
        const settled = settle(await read<State>(records, stateName))
        records.put(settled.state, stateName)
        for (const event of settled.events) records.put(event, nameOf(event))
        const bytes = ((await read<number>(records, bytesName)) ?? 0) + bytesOf(settled.events)
        const dropped = bytes > maxBytes ? await oldestOf(records, bytes - maxBytes) : []
        for (const event of dropped) records.delete(nameOf(event))
        records.put(bytes - bytesOf(dropped), bytesName)
        await promisifyRequest(records.transaction)
        return { ...settled, lost: dropped.length }
      }),
    peek: (limit) => ask((records) => records.getAll(allEvents(), limit)),
    remove: (events) =>
      transact('readwrite', async (records) => {
        for (const event of events) records.delete(nameOf(event))
        const bytes = ((await read<number>(records, bytesName)) ?? 0) - bytesOf(events)
        // Two pages may have removed the same event: empty storage corrects the sum.
        const left = await promisifyRequest(records.count(allEvents()))
        records.put(left > 0 ? Math.max(bytes, 0) : 0, bytesName)
        await promisifyRequest(records.transaction)
      }),
    count: () => ask((records) => records.count(allEvents())),
    dump: async () => ((await isThere()) ? ask((records) => records.getAll()) : []),
    async clear() {
      if (await isThere()) await transact('readwrite', (records) => promisifyRequest(records.clear()))
    },
    alone: createWebLock(name),
  }
}

function read<T>(records: IDBObjectStore, name: string): Promise<T | undefined> {
  return promisifyRequest(records.get(name))
}

/** The oldest events that together make up so many bytes. */
async function oldestOf(records: IDBObjectStore, bytes: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = await promisifyRequest(records.getAll(allEvents(), maxDropped))
  return events.filter(({ json }) => {
    bytes -= json.length
    return bytes + json.length > 0
  })
}

// In UTF-16 units, which equal bytes for most of an event's content.
function bytesOf(events: StoredEvent[]): number {
  let bytes = 0
  for (const { json } of events) bytes += json.length // not by `reduce`, which Prototype.js 1.6 replaced
  return bytes
}
