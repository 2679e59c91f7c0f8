/** Sends one batch and does what its answer asks for: the status→outcome table of the contract, put to work. */
import {
  type Batch,
  isReceiptFor,
  type Outcome,
  outcomeOf,
  type Problem,
  type Receipt,
  type WireEvent,
} from '@headwater/contract'
import { type Pace, parseRetryAfter } from './backoff.ts'
import type { Drops } from './drops.ts'
import type { Complain, Emit, ErrorCode } from './notices.ts'
import type { Settings } from './options.ts'
import type { Answer, Ports, Transport } from './ports.ts'
import type { Queue } from './queue.ts'
import { sdk } from './version.ts'

/** As long as a back-off gets: nothing promises that a refusal will be taken back soon. */
const holdMs = 300_000

/** What a client is made of. */
export interface Parts {
  ports: Ports
  settings: Settings
  queue: Queue
  drops: Drops
  emit: Emit
  complain: Complain
}

export interface Delivery {
  /** Sends these events and resolves when the answer has been dealt with. The request starts before it returns. */
  deliver(events: WireEvent[], send?: Transport['send']): Promise<void>
  /** The body of a batch as of now, with all losses that nobody was told of. */
  bodyOf(events: WireEvent[]): string
  /** An attempt failed in a way that no answer tells of. */
  failed(cause: unknown): void
}

export function createDelivery(parts: Parts, pace: Pace): Delivery {
  const { ports, settings, queue, drops, emit, complain } = parts
  const { transport, lifecycle, clock } = ports
  let hasComplained = false // said once, until something is delivered

  function deliver(events: WireEvent[], send = transport.send): Promise<void> {
    return queue.carry(events, async () => {
      const body = bodyOf(events)
      const told = drops.take() // after the body, which fails where the platform does
      const answer = await send(`${settings.endpoint}/v1/batch?token=${settings.token}`, body)
      const outcome = outcomeFor(events, answer)
      if (outcome !== 'delivered') drops.giveBack(told)
      await after[outcome](events, answer)
    })
  }

  function bodyOf(events: WireEvent[]): string {
    const sent_at = new Date(clock.now()).toISOString()
    const batch: Batch = { v: 1, sent_at, sdk, context: lifecycle.context(), dropped: drops.counts(), events }
    return JSON.stringify(batch)
  }

  const after: Record<Outcome, (events: WireEvent[], answer: Answer) => void | Promise<void>> = {
    async delivered(events, { body }) {
      pace.restart()
      hasComplained = false
      await queue.remove(events)
      report(body as Receipt) // outcomeFor has checked it
    },
    retry(_, { retryAfter }) {
      const pauseMs = parseRetryAfter(retryAfter, clock.now())
      if (pauseMs) pace.pause(pauseMs)
      else pace.failed()
    },
    async split(events, answer) {
      const half = events.length >> 1
      if (half === 0) return drop(events, answer)
      await deliver(events.slice(0, half))
      if (pace.isOpen()) await deliver(events.slice(half))
    },
    drop,
    stop: (_, answer) => refused(answer, Infinity),
    hold: (_, answer) => refused(answer, holdMs),
  }

  async function drop(events: WireEvent[], { body }: Answer): Promise<void> {
    await queue.remove(events)
    const { code, detail } = problemIn(body)
    drops.count('refused', { count: events.length, code, message: detail })
  }

  function report({ accepted, duplicate, rejected, results }: Receipt): void {
    for (const result of results) {
      // A proxy may have put anything in there. Not for the ledger: the collector knows what it rejected.
      if (result?.status !== 'rejected') continue
      emit('dropped', { reason: 'rejected', count: 1, code: result.code, message: result.message })
    }
    emit('delivered', { accepted, duplicate, rejected })
  }

  function refused(answer: Answer, pauseMs: number): void {
    pace.pause(pauseMs)
    // The detail of a problem says what to do about it.
    complainOnce('collector_refused', `${answer.status}: ${problemIn(answer.body).detail ?? ''}`, answer)
  }

  function failed(cause: unknown): void {
    pace.failed()
    complainOnce('delivery_failed', cause, cause)
  }

  function complainOnce(code: ErrorCode, found: unknown, cause: unknown): void {
    if (!hasComplained) complain(code, found, cause)
    hasComplained = true
  }

  return { deliver, bodyOf, failed }
}

// Only a receipt that adds up proves that events are stored: captive portals answer 200 too.
function outcomeFor(events: WireEvent[], { status, body }: Answer): Outcome {
  const outcome = outcomeOf(status)
  return outcome === 'delivered' && !isReceiptFor(body, events.length) ? 'retry' : outcome
}

function problemIn(body: unknown): Partial<Problem> {
  return body ?? {} // an answer of another server has none of its fields, and that is fine
}
