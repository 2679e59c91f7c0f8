/** The way of an event through this page: taken, written, under way, acknowledged. */
import type { WireEvent } from '@headwater/contract'
import type { Drops } from './drops.ts'
import type { Draft, Reset } from './event.ts'
import { createMemoryStorage } from './memory-storage.ts'
import type { Complain } from './notices.ts'
import type { Ports, Storage } from './ports.ts'
import { readable } from './readable.ts'
import { type State, settle } from './state.ts'

/** Some 6 MB at 600 B an event: days without a network, and far from any browser's quota. */
const maxEvents = 10_000
/** A leaving page can send 60 kB, and no event is under 300 B: it has no use for more than these. */
const ownEvents = 200

export interface Queue {
  /** Takes an event or a reset, to be written in order; counts it as lost when the queue is full. */
  take(entry: Draft | Reset): void
  /** How many written events wait, as far as this page knows. */
  size(): number
  /** Runs `task` when all that was taken is written, and while no other page runs one. Fails as `task` does. */
  inTurn(task: () => Promise<void>): Promise<void>
  /** The oldest written events, at most `limit`, that no request of this page carries. */
  next(limit: number): Promise<WireEvent[]>
  /** This page's own newest events that nobody acknowledged and no request carries, as many as fit, oldest first. */
  unsent(bytes: number): WireEvent[]
  /** Marks events as carried by a request until `request` ends, well or not. */
  carry(events: WireEvent[], request: () => Promise<void>): Promise<void>
  /** Forgets events, delivered or dropped. */
  remove(events: WireEvent[]): Promise<void>
}

interface Parts {
  ports: Ports
  drops: Drops
  complain: Complain
}

/** `onWritten` is called when events have reached the store. */
export function createQueue({ ports, drops, complain }: Parts, onWritten: () => void): Queue {
  const { lifecycle, ids } = ports
  let { storage } = ports
  const taken: (Draft | Reset)[] = []
  const carried = new Set<string>()
  const newId = ids.uuid() // the visitor's, should this device know none
  let writing = Promise.resolve()
  let own: WireEvent[] = []
  let state: State | undefined // as of the last write: for a leaving page, which cannot wait for the store
  let size = 0

  function take(entry: Draft | Reset): void {
    if (size + taken.length >= maxEvents) drops.count('queue_full')
    else if (taken.push(entry) === 1) writeNext()
  }

  function writeNext(): void {
    writing = writing.then(write).catch(lose)
  }

  // What is taken while a transaction runs shares the next one, so a burst costs a few transactions, not one an event.
  async function write(): Promise<void> {
    await lifecycle.shown
    const entries = [...taken]
    await Promise.allSettled(entries.map(({ ready }) => ready)) // an event is worth more than what could not be added to it
    const settled = await use((store) => store.append((stored) => settle(stored, entries, newId)))
    state = settled.state
    size += settled.events.length
    taken.splice(0, entries.length)
    own = [...own, ...settled.events].slice(-ownEvents)
    if (taken.length > 0) writeNext()
    onWritten()
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

  // The device's storage until it fails once, then memory. What was stored before stays there for the next page.
  async function use<T>(action: (store: Storage) => Promise<T>): Promise<T> {
    const used = storage
    try {
      return await action(used)
    } catch (cause) {
      if (used === storage) fallBack(cause)
      return action(storage)
    }
  }

  function fallBack(cause: unknown): void {
    storage = createMemoryStorage(state)
    complain('storage_failed', cause, cause)
  }

  const isFree = (event: WireEvent) => !carried.has(keyOf(event))

  return {
    take,
    size: () => size,
    async inTurn(task) {
      await written()
      await storage.exclusively(task)
      size = await use((store) => store.count()) // other pages add and remove too
    },
    async next(limit) {
      const events = await use((store) => store.peek(limit + carried.size))
      return events.filter(isFree).slice(0, limit)
    },
    unsent: (bytes) => newestWithin(bytes, [...own, ...settle(state, taken, newId).events].filter(isFree)),
    async carry(events, request) {
      const keys = events.map(keyOf)
      for (const key of keys) carried.add(key)
      try {
        await request()
      } finally {
        for (const key of keys) carried.delete(key)
      }
    },
    async remove(events) {
      await written() // a leaving page sends events that are not written yet; they must not be written afterwards
      const keys = events.map(keyOf)
      own = own.filter((event) => !keys.includes(keyOf(event)))
      await use((store) => store.remove(keys))
    },
  }
}

function keyOf(event: WireEvent): string {
  return event.idempotency_key
}

// The newest come first, because they are the ones that may not have reached the store.
function newestWithin(bytes: number, events: WireEvent[]): WireEvent[] {
  const fits = (event: WireEvent) => {
    bytes -= utf8Bytes(JSON.stringify(event)) + 1 // and a comma
    return bytes >= 0
  }
  return events.reverse().filter(fits).reverse()
}

/** How long a text is on the wire. JSON escapes lone surrogates, the one thing that encodeURI cannot take. */
export function utf8Bytes(json: string): number {
  return encodeURI(json).replace(/%../g, '.').length
}
