/** The flush loop: when to send, in batches, one page at a time. */
import { createPace } from './backoff.ts'
import { createDelivery, type Parts } from './delivery.ts'
import type { Undo } from './ports.ts'
import { utf8Bytes } from './queue.ts'

export interface Flusher {
  /** Sends what waits, at once unless the collector asked for a pause. Resolves after the attempt, whatever came of it. */
  flush(): Promise<void>
  /** Sends within `ms`, or as soon as the collector may be asked again. */
  wake(ms: number): void
  /** Sends what this page has not delivered yet, in a way that outlives the page. The request starts before it returns. */
  leave(): void
  /** There is a new token: forgets every pause and sends. */
  restart(): void
  /** Sends no more by itself. */
  stop(): void
}

export function createFlusher(parts: Parts): Flusher {
  const { ports, settings, queue } = parts
  const { transport, clock, ids } = ports
  const pace = createPace(clock, ids)
  const { deliver, bodyOf, failed } = createDelivery(parts, pace)
  let turn = Promise.resolve()
  let cancelTimer: Undo | undefined
  let dueAt = Infinity
  let isStopped = false

  async function sendAll(): Promise<void> {
    await queue.inTurn(sendInBatches)
    if (queue.size() > 0) wake(pace.isOpen() ? settings.flushIntervalMs : 0)
  }

  async function sendInBatches(): Promise<void> {
    while (pace.isOpen()) {
      const events = await queue.next(settings.batchSize)
      if (events.length === 0) return
      await deliver(events)
    }
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
    pace.hurry()
    const events = queue.unsent(transport.leavingBytes() - utf8Bytes(bodyOf([])))
    if (pace.isOpen() && events.length > 0) await deliver(events, transport.sendLeaving)
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
      pace.hurry()
      return takeTurn()
    },
    wake,
    leave: () => void sendOwn().catch(failed),
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
