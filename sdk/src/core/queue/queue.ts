/** The way of an event through this page: taken, written, in flight, acknowledged. */
import type { Stored } from '../api.ts'
import type { Parts } from '../parts.ts'
import type { SyncStorage } from '../ports.ts'
import type { Settled, StoredEvent } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import { createVisitor } from '../visitor/visitor.ts'
import { createAppend, createFallbackStorage, type UseStorage } from './fallback-storage.ts'
import { createInFlight, type InFlight } from './in-flight.ts'
import { createLeaving } from './leaving.ts'
import { createWriter } from './writer.ts'

export interface Queue extends Pick<InFlight, 'prepare'> {
  /** Takes a call, to be written in order; counts it as lost when too many wait already. */
  take(entry: Entry): void
  /** How many written events wait, as far as this page knows. */
  size(): number
  /** Runs `task` when everything taken is written, and while no other page runs one. Fails as `task` does. */
  inTurn(task: () => Promise<void>): Promise<void>
  /** The oldest written events that are not in flight, at most `limit`. */
  next(limit: number): Promise<StoredEvent[]>
  /**
   * For a page that may be going: notes at once what storage has not confirmed. Returns this page's newest events that
   * are neither acknowledged nor in flight, as many as fit into `bytes`, oldest first.
   */
  leave(bytes: number): StoredEvent[]
  /** The page is still there. */
  stay(): void
  /** Removes events, delivered or dropped. */
  remove(events: StoredEvent[]): Promise<void>
  /** Everything that is stored on the device. */
  inspect(): Promise<Stored>
  /** Forgets everything, here and on the device. Returns at once how many events these were, as far as this page knows. */
  forget(): { count: number; done: Promise<unknown> }
}

/** `onWritten` is called when events have reached storage. */
export function createQueue(parts: Parts, onWritten: () => void): Queue {
  const { storage, syncStorage } = parts
  const visitor = createVisitor(parts)
  const use = createFallbackStorage(parts, visitor.known)
  const inFlight = createInFlight()
  const leaving = createLeaving(parts, visitor, inFlight)
  const append = createAppend(parts, use)
  const writer = createWriter(parts, { append, visitor, leaving, onWritten: grow })
  let size = 0

  function grow({ events }: Settled): void {
    size += events.length
    onWritten()
  }

  return {
    take: writer.take,
    size: () => size,
    async inTurn(task) {
      writer.writeWaiting()
      await writer.written()
      await storage.exclusively(async () => {
        await leaving.adopt(append)
        await task()
      })
      size = await use((used) => used.count()) // other pages add and remove too
      if (size === 0) leaving.forget()
    },
    async next(limit) {
      const events = await use((used) => used.peek(limit + inFlight.count()))
      return events.filter((event) => !inFlight.isInFlight(event)).slice(0, limit)
    },
    leave: (bytes) => leaving.leave(writer.waiting(), bytes),
    stay() {
      if (writer.waiting().length === 0) leaving.stay() // what is not written yet stays noted
    },
    prepare: inFlight.prepare,
    async remove(events) {
      await writer.written() // a leaving page sends events before they are written; they must not be written afterwards
      leaving.drop(events)
      await use((used) => used.remove(events))
    },
    inspect: () => inspect(use, syncStorage),
    forget() {
      const count = writer.waiting().length + size
      size = 0
      visitor.forget()
      inFlight.forget()
      leaving.forget()
      for (const name of syncStorage.names()) syncStorage.write(name)
      const cleared = use((used) => used.clear())
      writer.forget(cleared)
      // Also the device's own storage, where memory has taken its place. It may never answer, and nothing waits for it.
      return { count, done: Promise.all([cleared, storage.clear()]) }
    },
  }
}

async function inspect(use: UseStorage, syncStorage: SyncStorage): Promise<Stored> {
  const texts: Stored['texts'] = {}
  for (const name of syncStorage.names()) texts[name] = `${syncStorage.read(name)}`
  return { records: await use((used) => used.dump()), texts }
}
