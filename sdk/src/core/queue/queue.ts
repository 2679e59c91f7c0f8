/** The way of an event through this page: taken, written, under way, acknowledged. */
import type { Stored } from '../api.ts'
import type { Parts } from '../parts.ts'
import type { StoredEvent } from '../ports.ts'
import { readable } from '../readable.ts'
import type { Draft, Reset } from '../visitor/draft.ts'
import { formatIdRecord, withIdRecord } from '../visitor/id-record.ts'
import { joinStates, type Settled, type State, settle } from '../visitor/state.ts'
import { createStore } from './fallback-storage.ts'
import { createLeftovers } from './leftovers.ts'

/** Calls that may wait for the store, or for consent: some 10 MB of memory; no page makes so many in good faith. */
const maxTaken = 10_000
/** A leaving page can send 60 kB, and no event is under 300 B: it has no use for more than these. */
const ownEvents = 200

export interface Queue {
  /** Takes an event or a reset, to be written in order; counts it as lost when too many wait already. */
  take(entry: Draft | Reset): void
  /** How many written events wait, as far as this page knows. */
  size(): number
  /** Runs `task` when all that was taken is written, and while no other page runs one. Fails as `task` does. */
  inTurn(task: () => Promise<void>): Promise<void>
  /** The oldest written events, at most `limit`, that no request of this page carries. */
  next(limit: number): Promise<StoredEvent[]>
  /**
   * For a page that may be going: notes at once what the store has not confirmed. Answers this page's own newest events
   * that nobody acknowledged and no request carries, as many as fit into so many bytes, oldest first.
   */
  leave(bytes: number): StoredEvent[]
  /** The page is still there. */
  stay(): void
  /** Marks events as carried by a request until `request` ends, well or not. */
  carry(events: StoredEvent[], request: () => Promise<void>): Promise<void>
  /** False once they have been forgotten. */
  carries(events: StoredEvent[]): boolean
  /** Another number when events have become carried, or have gone, since. */
  version(): number
  /** Forgets events, delivered or dropped. */
  remove(events: StoredEvent[]): Promise<void>
  /** All that is stored on the device. */
  inspect(): Promise<Stored>
  /** Forgets everything, here and on the device. Answers at once how many events these were, as far as this page knows. */
  forget(): { count: number; done: Promise<unknown> }
}

/** `onWritten` is called when events have reached the store. */
export function createQueue(parts: Parts, onWritten: () => void): Queue {
  const { ports, settings, drops } = parts
  const { lifecycle, syncStorage, ids } = ports
  const use = createStore(parts, () => state)
  const leftovers = createLeftovers(parts, ids.uuid())
  const rules = settings.sessionRules
  const taken: (Draft | Reset)[] = []
  const carried = new Set<string>()
  let newId = ids.uuid() // the visitor's, should this device know none
  let hasRecord = false // the device keeps the id record that this page has written
  let writing = Promise.resolve()
  let forgetting: Promise<unknown> = Promise.resolve()
  let own: StoredEvent[] = []
  let foundRecord: string | undefined // the id record as this page found it when it was left before its first write,
  let leftRecord: string | undefined // and what it made of it
  let state: State | undefined // as of the last write: for a leaving page, which cannot wait for the store
  let size = 0
  let changes = 0
  let epoch = 0 // another one after forget()

  function take(entry: Draft | Reset): void {
    if (taken.length >= maxTaken) drops.count('queue_full')
    else if (taken.push(entry) === 1) writeNext()
  }

  function writeNext(): void {
    writing = writing.then(write).catch(lose)
  }

  // What is taken while a transaction runs shares the next one, so a burst costs a few transactions, not one an event.
  async function write(): Promise<void> {
    await lifecycle.shown
    await forgetting
    if (!state && settings.consent === 'granted') await leftovers.adopt(adopt) // the visit goes on in which the page before was left
    const begun = epoch
    const entries = [...taken]
    await Promise.allSettled(entries.map(({ ready }) => ready)) // an event is worth more than what could not be added to it
    if (begun !== epoch || settings.consent !== 'granted' || entries.length === 0) return
    const settled = await append((stored) => settleFrom(stored, entries))
    if (begun !== epoch) return
    remember(settled, entries.length)
    if (taken.length) writeNext()
    onWritten()
  }

  async function append(settleStored: (stored: State | undefined) => Settled): Promise<Settled> {
    const { lost, ...settled } = await use((store) => store.append(settleStored))
    if (lost) drops.count('queue_full', { count: lost })
    return settled
  }

  function settleFrom(stored: State | undefined, entries: (Draft | Reset)[]): Settled {
    return settle(withIdRecord(stored, idRecord()), entries, { newId, rules })
  }

  // What a leaving page wrote there is for the next page. Should this one stay, its first write begins where that did.
  function idRecord(): string | undefined {
    const record = syncStorage.read('id')
    return !state && record === leftRecord ? foundRecord : record
  }

  function remember(settled: Settled, entries: number): void {
    taken.splice(0, entries)
    state = settled.state
    newId = ids.uuid() // whoever is forgotten by another page does not come back
    syncStorage.write('id', formatIdRecord(state))
    hasRecord = !!syncStorage.read('id')
    stay()
    size += settled.events.length
    own = [...own, ...settled.events].slice(-ownEvents)
  }

  // What is not written yet stays noted.
  function stay(): void {
    if (taken.length === 0) leftovers.takeBack()
  }

  // Not even memory could take them, and it would not the next time: they must not hold up what comes after them.
  function lose(cause: unknown): void {
    drops.count('invalid_event', { count: taken.splice(0).length, message: readable(cause) })
  }

  // The write that runs, and the next one, which has what this one came too early for.
  async function written(): Promise<void> {
    await writing
    await writing
  }

  function adopt({ state: left, events }: Settled): Promise<Settled> {
    return append((stored) => ({ state: joinStates(stored, left), events }))
  }

  const isFree = ({ key }: StoredEvent) => !carried.has(key)

  return {
    take,
    size: () => size,
    async inTurn(task) {
      if (taken.length) writeNext() // what waited for consent
      await written()
      await ports.storage.exclusively(async () => {
        await leftovers.adopt(adopt)
        await task()
      })
      size = await use((store) => store.count()) // other pages add and remove too
      if (!size) own = []
    },
    async next(limit) {
      const events = await use((store) => store.peek(limit + carried.size))
      return events.filter(isFree).slice(0, limit)
    },
    leave(bytes) {
      // Another page has forgotten the visitor, who must not come back from here.
      if (hasRecord && !syncStorage.read('id')) {
        state = undefined
        own = []
      }
      // From memory and from the id record, which is enough for a page that has no time left.
      const unwritten = settleFrom(state, taken)
      // The next page may be another subdomain's. Whoever is known here already, is known there.
      if (!state && taken.length) {
        foundRecord = idRecord()
        leftRecord = formatIdRecord(unwritten.state)
        syncStorage.write('id', leftRecord)
      }
      leftovers.note(unwritten, taken.length)
      return newestWithin(bytes, [...own, ...unwritten.events].filter(isFree))
    },
    stay,
    async carry(events, request) {
      changes++
      for (const { key } of events) carried.add(key)
      try {
        await request()
      } finally {
        for (const { key } of events) carried.delete(key)
      }
    },
    carries: (events) => !events.some(isFree),
    version: () => changes,
    async remove(events) {
      changes++
      await written() // a leaving page sends events that are not written yet; they must not be written afterwards
      const gone = new Set(events.map(({ key }) => key))
      own = own.filter(({ key }) => !gone.has(key))
      await use((store) => store.remove(events))
    },
    async inspect() {
      const texts: Stored['texts'] = {}
      for (const name of syncStorage.names()) texts[name] = `${syncStorage.read(name)}`
      return { records: await use((store) => store.dump()), texts }
    },
    forget() {
      const count = taken.length + size
      epoch++
      changes++
      taken.length = own.length = size = 0
      state = undefined
      carried.clear()
      newId = ids.uuid()
      for (const name of syncStorage.names()) syncStorage.write(name)
      forgetting = use((store) => store.clear())
      // The device's own storage too, where memory stands in for it; it may never answer, and nothing waits for it.
      const done = Promise.all([forgetting, ports.storage.clear()])
      forgetting = forgetting.catch(() => {}) // the caller hears of it
      return { count, done }
    },
  }
}

// The newest come first, because they are the ones that may not have reached the store.
function newestWithin(bytes: number, events: StoredEvent[]): StoredEvent[] {
  const fits = ({ json }: StoredEvent) => {
    bytes -= utf8Bytes(json) + 1 // and a comma
    return bytes >= 0
  }
  return events.reverse().filter(fits).reverse()
}

/** How long a text is on the wire. JSON escapes lone surrogates, the one thing that encodeURI cannot take. */
export function utf8Bytes(json: string): number {
  return encodeURI(json).replace(/%../g, '.').length
}
