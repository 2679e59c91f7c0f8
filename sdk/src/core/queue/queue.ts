/** The stages of an event on this page: taken, written, in flight, acknowledged. */
import type { Stored } from '../api.ts'
import type { Parts } from '../parts.ts'
import type { SyncStorage } from '../ports.ts'
import type { Settled, State, StoredEvent } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import { createVisitor } from '../visitor/visitor.ts'
import { type Append, createFallbackStorage, type UseStorage } from './fallback-storage.ts'
import { createInFlight, type InFlight } from './in-flight.ts'
import { createLeaving } from './leaving.ts'
import { newestWithin, utf8Bytes } from './pick.ts'
import { createWriter } from './writer.ts'

export interface Queue {
  inFlight: InFlight
  /** Takes a call, to be written in order; counts it as lost when too many wait already. */
  take(entry: Entry): void
  /** The visitor as the next event will have it: see `Visitor.current`. */
  visitor(): State | undefined
  /**
   * Runs `task` when everything taken is written, and while no other page runs one. Returns how many events wait then.
   * Fails as `task` does.
   */
  inTurn(task: () => Promise<void>): Promise<number>
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

/** What sending needs of a queue. */
export type SendingQueue = Pick<Queue, 'inFlight' | 'inTurn' | 'next' | 'leave' | 'stay' | 'remove'>

/** `onWritten` is called when events have reached storage, with how many wait there as far as this page knows. */
export function createQueue(parts: Parts, onWritten: (waiting: number) => void): Queue {
  const { storage, syncStorage, lose } = parts
  const visitor = createVisitor(parts)
  const use = createFallbackStorage(parts, visitor.known)
  const inFlight = createInFlight()
  const leaving = createLeaving(parts, visitor)
  const append = appendTo(use, lose)
  const begin = () => leaving.adopt(append)
  const writer = createWriter(parts, visitor, { append, begin, end })
  let size = 0

  function end({ events }: Settled): void {
    size += events.length
    leaving.keep(events)
    leaving.stay(writer.waiting())
    onWritten(size)
  }

  return {
    inFlight,
    take: writer.take,
    visitor: () => visitor.current(writer.waiting()),
    async inTurn(task) {
      await writer.write()
      await storage.alone(() => begin().then(task))
      size = await use((used) => used.count()) // other pages add and remove too
      if (size === 0) leaving.drop()
      return size
    },
    async next(limit) {
      const events = await use((used) => used.peek(limit + inFlight.count()))
      return inFlight.without(events).slice(0, limit)
    },
    leave: (bytes) => newestWithin(bytes, inFlight.without(leaving.leave(writer.waiting())), bytesInList),
    stay: () => leaving.stay(writer.waiting()),
    async remove(events) {
      await writer.write() // a leaving page sends events before they are written; they must not be written afterwards
      leaving.drop(events)
      await use((used) => used.remove(events))
    },
    inspect: () => inspect(use, syncStorage),
    forget() {
      const count = writer.waiting().length + size
      size = 0
      visitor.forget()
      inFlight.forget()
      leaving.drop()
      for (const name of syncStorage.names()) syncStorage.write(name)
      const cleared = use((used) => used.clear())
      writer.forget(cleared)
      // Clears the device's own storage too, when memory has taken its place. It may never answer, so nothing waits for it.
      return { count, done: Promise.all([cleared, storage.clear()]) }
    },
  }
}

const bytesInList = (json: string) => utf8Bytes(json) + 1 // and a comma

/** Counts what storage drops for lack of room. */
function appendTo(use: UseStorage, lose: Parts['lose']): Append {
  return async (settle) => {
    const { lost, ...settled } = await use((used) => used.append(settle))
    if (lost) lose('queue_full', { count: lost })
    return settled
  }
}

async function inspect(use: UseStorage, syncStorage: SyncStorage): Promise<Stored> {
  const texts: Stored['texts'] = {}
  for (const name of syncStorage.names()) texts[name] = `${syncStorage.read(name)}`
  return { records: await use((used) => used.dump()), texts }
}
