/** The device's storage: one IndexedDB database per collector and website, one record per event, and one for the state. */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Storage, StoredEvent } from '../core/ports.ts'
import type { State } from '../core/visitor/state.ts'

// Whoever changes the names below, or that of the database in client.ts: the demo shop (collector/src/dev/demo.html) and the
// journey (packages/journeys/src/journey.test.ts) look into the store too.
const storeName = 'records'
// Events sort before the rest, and by time among themselves, because their idempotency keys do.
const nameOf = (event: StoredEvent) => `q${event.key}`
const allEvents = () => IDBKeyRange.bound('q', 'r')
const stateName = 'state'
const bytesName = 'bytes'

/** What reads or writes fails where IndexedDB is missing, forbidden or broken. The oldest events fall out beyond `maxBytes` of JSON. */
export function createIndexedDbStorage(name: string, maxBytes: number): Storage {
  let store: UseStore | undefined
  const transact: UseStore = (mode, action) => {
    store ??= createStore(name, storeName)
    return store(mode, action)
  }
  // Opening a database makes it; where there is none, none should be made. Firefox before 126 cannot tell.
  const isThere = async () =>
    store !== undefined || ((await indexedDB.databases?.())?.some((each) => each.name === name) ?? true)
  let letGo = () => {}
  // A page that holds a lock is thrown out of the back/forward cache, and a frozen one would keep all others waiting.
  addEventListener('pagehide', () => letGo())
  document.addEventListener('freeze', () => letGo())

  return {
    append: (settle) =>
      transact('readwrite', async (records) => {
        const settled = settle(await read<State>(records, stateName))
        records.put(settled.state, stateName)
        for (const event of settled.events) records.put(event, nameOf(event))
        const bytes = ((await read<number>(records, bytesName)) ?? 0) + bytesOf(settled.events)
        const [left, lost] = bytes > maxBytes ? await trim(records, bytes, maxBytes) : [bytes, 0]
        records.put(left, bytesName)
        await promisifyRequest(records.transaction)
        return { ...settled, lost }
      }),
    peek: (limit) => transact('readonly', (records) => promisifyRequest(records.getAll(allEvents(), limit))),
    remove: (events) =>
      transact('readwrite', async (records) => {
        for (const event of events) records.delete(nameOf(event))
        const bytes = ((await read<number>(records, bytesName)) ?? 0) - bytesOf(events)
        // Two pages may have removed the same event: an empty store sets the sum right.
        const left = await promisifyRequest(records.count(allEvents()))
        records.put(left > 0 ? Math.max(bytes, 0) : 0, bytesName)
        await promisifyRequest(records.transaction)
      }),
    count: () => transact('readonly', (records) => promisifyRequest(records.count(allEvents()))),
    dump: async () =>
      (await isThere()) ? transact('readonly', (records) => promisifyRequest(records.getAll())) : [],
    async clear() {
      if (await isThere()) await transact('readwrite', (records) => promisifyRequest(records.clear()))
    },
    async exclusively(task) {
      let run: Promise<void> | undefined
      const runOnce = () => {
        run ??= task()
        return run
      }
      try {
        await navigator.locks.request(name, () => {
          const left = new Promise<void>((resolve) => {
            letGo = resolve
          })
          return Promise.race([runOnce(), left])
        })
      } catch {
        // No secure context, or a lock that is refused or taken away: without it the collector's dedup makes it right.
      }
      await runOnce()
    },
  }
}

function read<T>(records: IDBObjectStore, name: string): Promise<T | undefined> {
  return promisifyRequest(records.get(name))
}

/** Deletes the oldest events until the rest fits; answers how much is left, and how many fell out. */
async function trim(records: IDBObjectStore, bytes: number, maxBytes: number): Promise<[number, number]> {
  let lost = 0
  while (bytes > maxBytes) {
    const oldest: StoredEvent[] = await promisifyRequest(records.getAll(allEvents(), 100))
    if (oldest.length === 0) return [0, lost]
    for (const event of oldest) {
      if (bytes <= maxBytes) break
      records.delete(nameOf(event))
      bytes -= bytesOf([event])
      lost++
    }
  }
  return [bytes, lost]
}

// UTF-16 units, which are bytes for most of what is in an event.
function bytesOf(events: StoredEvent[]): number {
  return events.reduce((sum, { json }) => sum + json.length, 0)
}
