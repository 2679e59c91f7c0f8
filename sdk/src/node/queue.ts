/** The stages of an event on a server: completed, kept, in flight, acknowledged. */
import type { Parts } from '../core/parts.ts'
import type { Undo } from '../core/ports.ts'
import { createInFlight } from '../core/queue/in-flight.ts'
import type { SendingQueue } from '../core/queue/queue.ts'
import type { Store } from './store.ts'

export interface ServerQueue extends SendingQueue {
  /** Keeps an event, once `ready` has settled. `write` returns its JSON. */
  take(write: () => string, ready?: Promise<unknown>): void
}

export interface QueueParts extends Pick<Parts, 'lose'> {
  store: Store
  /** Keeps the process alive until it is undone: a short program delivers its events once before it ends. */
  keepAlive: () => Undo
  /** So many events wait. */
  onKept(waiting: number): void
}

export function createQueue({ store, lose, keepAlive, onKept }: QueueParts): ServerQueue {
  const completing = new Set<Promise<unknown>>()
  let release: Undo | undefined
  let isFresh = false // an event has come since the turn began
  let waiting = 0 // at the start of the turn: what comes later is for the next one, or `flush` might never resolve

  function keep(json: string): void {
    const dropped = store.add(json)
    if (dropped > 0) lose('queue_full', { count: dropped })
    onKept(store.size())
  }

  return {
    inFlight: createInFlight(),
    take(write, ready) {
      isFresh = true
      release ??= keepAlive()
      if (!ready) return keep(write())
      const completed = ready.catch(() => {}).then(() => keep(write())) // kept without what could not be added
      completing.add(completed)
      completed.then(() => completing.delete(completed))
    },
    async inTurn(task) {
      try {
        await Promise.all(completing)
        store.adopt()
        isFresh = false
        waiting = store.size()
        await task()
      } finally {
        // After one attempt, well or not: a collector that is down must not keep a program from ending.
        if (!isFresh) {
          release?.()
          release = undefined
        }
      }
      return store.size() + completing.size
    },
    async next(limit) {
      const batch = waiting > 0 ? store.next(limit) : []
      waiting -= batch.length
      return batch
    },
    remove: async (events) => store.remove(events),
    leave: () => [],
    stay() {},
  }
}
