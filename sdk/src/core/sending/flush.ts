/** The flush loop: when to send, in batches, one page at a time. */

import type { Parts } from '../parts.ts'
import type { Undo } from '../ports.ts'
import { type Queue, utf8Bytes } from '../queue/queue.ts'
import { createDelivery } from './delivery.ts'
import { createPace } from './pace.ts'

/** How often a page that has nothing to send looks for what a page that is gone has left behind. */
const lookMs = 30_000

export interface Flusher {
  /** Sends what waits, at once unless the collector asked for a pause. Resolves after the attempt, whatever came of it. */
  flush(): Promise<void>
  /** Sends within `ms`, or as soon as the collector may be asked again. */
  wake(ms: number): void
  /** Keeps and sends what this page has not delivered yet, in a way that outlives the page. The request starts before it returns. */
  leave(): void
  /** There is a new token: forgets every pause and sends. */
  restart(): void
  /** Sends no more by itself. */
  stop(): void
}

export function createFlusher(parts: Parts, queue: Queue): Flusher {
  const { ports, settings } = parts
  const { transport, clock } = ports
  const pace = createPace(ports)
  const { deliver, bodyOf, failed } = createDelivery(parts, queue, pace)
  let turn = Promise.resolve()
  let cancelTimer: Undo | undefined
  let dueAt = Infinity
  let isStopped = false

  async function sendAll(): Promise<void> {
    if (settings.consent !== 'granted') return
    await queue.inTurn(sendInBatches)
    wake(queue.size() > 0 ? settings.flushIntervalMs : lookMs)
  }

  async function sendInBatches(): Promise<void> {
    while (pace.isOpen() && settings.consent === 'granted') {
      const events = await queue.next(settings.batchSize)
      if (events.length === 0) return
      await deliver(events)
    }
    wake(0)
  }

  function takeTurn(): Promise<void> {
    turn = turn.then(sendAll).catch(tryAgain)
    return turn
  }

  function tryAgain(cause: unknown): void {
    failed(cause)
    wake(0)
  }

  async function sendOwn(): Promise<void> {
    const events = queue.leave(transport.leavingBytes() - utf8Bytes(bodyOf([])))
    if (!pace.isPaused() && events.length > 0) await deliver(events, transport.sendLeaving)
  }

  function wake(ms: number): void {
    const at = Math.max(clock.now() + ms, pace.openAt())
    if (isStopped || at >= dueAt) return
    cancelTimer?.()
    dueAt = at
    cancelTimer = clock.after(at - clock.now(), () => {
      dueAt = Infinity
      takeTurn()
    })
  }

  return {
    flush() {
      queue.stay()
      pace.hurry()
      return takeTurn()
    },
    wake,
    leave() {
      if (settings.consent === 'granted') sendOwn().catch(failed)
    },
    restart() {
      pace.restart()
      takeTurn()
    },
    stop() {
      isStopped = true
      cancelTimer?.()
    },
  }
}
