/** The flush loop: when to send, in batches, one page at a time. */
import type { SendingParts } from '../parts.ts'
import { utf8Bytes } from '../queue/pick.ts'
import type { SendingQueue } from '../queue/queue.ts'
import { createAlarm } from './alarm.ts'
import { createDelivery } from './delivery.ts'
import { createPace } from './pace.ts'

/** How often an idle page looks for what closed pages have left behind. */
const lookMs = 30_000

export interface Flusher {
  /** Sends what waits, at once unless the collector asked for a pause. Resolves after the attempt, whatever its result. */
  flush(): Promise<void>
  /** So many events wait: sends them at once when they fill a batch, otherwise within `flushIntervalMs`. */
  wake(waiting: number): void
  /**
   * Keeps and sends what this page has not delivered yet, in a way that outlives the page. The request starts before it
   * returns.
   */
  leave(): void
  /** There is a new token: ends every pause, and sends. */
  restart(): void
  /** Stops sending automatically. */
  stop(): void
}

export function createFlusher(parts: SendingParts, queue: SendingQueue): Flusher {
  const { transport, clock, settings, complain } = parts
  const pace = createPace(parts)
  const { deliver, bodyOf } = createDelivery(parts, queue, pace)
  const alarm = createAlarm(clock, takeTurn)
  let turn = Promise.resolve()

  async function sendAll(): Promise<void> {
    if (settings.consent !== 'granted') return
    wakeIn((await queue.inTurn(sendInBatches)) > 0 ? settings.flushIntervalMs : lookMs)
  }

  async function sendInBatches(): Promise<void> {
    while (pace.isOpen() && settings.consent === 'granted') {
      const events = await queue.next(settings.batchSize)
      if (events.length === 0) return
      await deliver(events)
    }
    wakeIn(0)
  }

  function takeTurn(): Promise<void> {
    turn = turn.then(sendAll).catch(failed)
    return turn
  }

  // There was no answer, and the failure is one that no transport should have.
  function failed(cause: unknown): void {
    pace.failed()
    complain('delivery_failed', cause, cause)
    wakeIn(0)
  }

  async function sendOwn(): Promise<void> {
    const events = queue.leave(transport.leavingBytes() - utf8Bytes(bodyOf([])))
    if (!pace.isPaused() && events.length > 0) await deliver(events, transport.sendLeaving)
  }

  function wakeIn(ms: number): void {
    alarm.set(Math.max(clock.now() + ms, pace.openAt()))
  }

  return {
    flush() {
      queue.stay()
      pace.hurry()
      return takeTurn()
    },
    wake: (waiting) => wakeIn(waiting < settings.batchSize ? settings.flushIntervalMs : 0),
    leave() {
      if (settings.consent === 'granted') sendOwn().catch(failed)
    },
    restart() {
      pace.restart()
      takeTurn()
    },
    stop: alarm.stop,
  }
}
