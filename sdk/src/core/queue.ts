/** The way of an event through this page: taken, written, under way, acknowledged. */
import type { WireEvent } from '@headwater/contract'
import type { Draft, Reset } from './event.ts'
import type { Storage } from './ports.ts'
import { type State, settle } from './state.ts'

/** Some 6 MB at 600 B an event: days without a network, and far from any browser's quota. */
const maxEvents = 10_000
/** A leaving page can send 60 kB, and no event is under 300 B: it has no use for more than these. */
const ownEvents = 200

export interface Queue {
  /** Takes an event or a reset, to be written in order; false: the queue is full. */
  take(entry: Draft | Reset): boolean
  /** Resolves when everything taken so far is written. */
  written(): Promise<void>
  /** How many events wait, as far as this page knows. */
  size(): number
  /** Asks the store how many wait; other pages add and remove too. */
  recount(): Promise<void>
  /** The oldest written events, at most `limit`, that no request of this page carries. */
  next(limit: number): Promise<WireEvent[]>
  /** This page's own newest events that nobody acknowledged and no request carries, as many as fit, oldest first. */
  unsent(bytes: number): WireEvent[]
  /** Marks events as carried by a request until the answer has been dealt with. */
  carry(events: WireEvent[], deal: () => Promise<void>): Promise<void>
  /** Forgets events, delivered or dropped. */
  remove(events: WireEvent[]): Promise<void>
}

export interface QueueParts {
  storage: Storage
  /** Nothing is written before this. */
  shown: Promise<void>
  /** The anonymous id, should this device have none yet. */
  newId: string
  onWritten: () => void
}

export function createQueue({ storage, shown, newId, onWritten }: QueueParts): Queue {
  const taken: (Draft | Reset)[] = []
  const own = new Map<string, WireEvent>()
  const carried = new Set<string>()
  let writing = Promise.resolve()
  let state: State | undefined // as of the last write: for a leaving page, which cannot wait for the store
  let size = 0

  function take(entry: Draft | Reset): boolean {
    if (size + taken.length >= maxEvents) return false
    if (taken.push(entry) === 1) writing = writing.then(write)
    return true
  }

  // What is taken while a transaction runs shares the next one, so a burst costs a few transactions, not one an event.
  async function write(): Promise<void> {
    await shown
    const entries = [...taken]
    await Promise.all(entries.map(({ ready }) => ready))
    const settled = await storage.append((stored) => settle(stored, entries, newId))
    state = settled.state
    taken.splice(0, entries.length)
    size += settled.events.length
    settled.events.forEach(remember)
    if (taken.length > 0) writing = writing.then(write)
    onWritten()
  }

  function remember(event: WireEvent): void {
    own.set(event.idempotency_key, event)
    const [oldest = ''] = own.keys()
    if (own.size > ownEvents) own.delete(oldest)
  }

  async function written(): Promise<void> {
    while (taken.length > 0) await writing
  }

  const isFree = ({ idempotency_key }: WireEvent) => !carried.has(idempotency_key)

  return {
    take,
    written,
    size: () => size,
    async recount() {
      size = await storage.count()
    },
    async next(limit) {
      const events = await storage.peek(limit + carried.size)
      return events.filter(isFree).slice(0, limit)
    },
    unsent(bytes) {
      const events = [...own.values(), ...settle(state, taken, newId).events]
      return newestWithin(bytes, events.filter(isFree))
    },
    async carry(events, deal) {
      for (const { idempotency_key } of events) carried.add(idempotency_key)
      await deal()
      for (const { idempotency_key } of events) carried.delete(idempotency_key)
    },
    async remove(events) {
      await written() // a leaving page sends events that are not written yet; they must not be written afterwards
      const keys = events.map(({ idempotency_key }) => idempotency_key)
      for (const key of keys) own.delete(key)
      await storage.remove(keys)
    },
  }
}

// The newest come first, because they are the ones that may not have reached the store.
function newestWithin(bytes: number, events: WireEvent[]): WireEvent[] {
  let first = events.length
  let left = bytes
  while (first > 0) {
    left -= utf8Bytes(JSON.stringify(events[first - 1])) + 1 // and a comma
    if (left < 0) break
    first--
  }
  return events.slice(first)
}

/** How long a text is on the wire. JSON escapes lone surrogates, the one thing that encodeURI cannot take. */
export function utf8Bytes(json: string): number {
  return encodeURI(json).replace(/%../g, '.').length
}
