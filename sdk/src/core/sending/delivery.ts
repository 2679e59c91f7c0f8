/** Sends one batch and does what its answer asks for: the status→outcome table of the contract, put to work. */
import { isReceiptFor, type Outcome, outcomeOf, type Problem, type Receipt } from '@headwater/contract'
import type { ErrorCode } from '../notices.ts'
import type { Parts } from '../parts.ts'
import type { Answer, StoredEvent, Transport } from '../ports.ts'
import type { Queue } from '../queue/queue.ts'
import { sdk } from '../version.ts'
import { type Pace, parseRetryAfter } from './pace.ts'

/** As long as a back-off gets: nothing promises that a refusal will be taken back soon. */
const holdMs = 300_000

export interface Delivery {
  /**
   * Sends these events and resolves when the answer has been dealt with; sends none if some have gone meanwhile. By
   * `sendLeaving` the request starts before it returns.
   */
  deliver(events: StoredEvent[], send?: Transport['send']): Promise<void>
  /** The body of a batch as of now, with all losses that nobody was told of. */
  bodyOf(events: StoredEvent[]): string
  /** An attempt failed in a way that no answer tells of. */
  failed(cause: unknown): void
}

export function createDelivery(parts: Parts, queue: Queue, pace: Pace): Delivery {
  const { ports, settings, drops, notices } = parts
  const { transport, clock } = ports
  let hasComplained = false // said once, until something is delivered

  async function deliver(events: StoredEvent[], send = transport.send): Promise<void> {
    const version = queue.version()
    const text = bodyOf(events)
    const told = drops.take()
    const leaving = send === transport.sendLeaving
    const body = leaving ? text : await transport.pack(text)
    // While it was packed the page may have been left, or the visitor may have said no.
    if (queue.version() !== version || settings.consent !== 'granted') return drops.giveBack(told)
    await queue.carry(events, async () => {
      const answer = await send(`${settings.endpoint}/v1/batch?token=${settings.token}`, body)
      notices.emit('answered', { events, bytes: body.length, leaving, answer })
      if (!queue.carries(events)) return // they are forgotten
      const outcome = outcomeFor(events, answer)
      if (outcome !== 'delivered') drops.giveBack(told)
      await after[outcome](events, answer)
    })
  }

  function bodyOf(events: StoredEvent[]): string {
    const sent_at = new Date(clock.now()).toISOString()
    const batch = { v: 1, sent_at, sdk, dropped: drops.counts(), events: [] }
    // The events are JSON already.
    return `${JSON.stringify(batch).slice(0, -2)}${events.map(({ json }) => json)}]}`
  }

  const after: Record<Outcome, (events: StoredEvent[], answer: Answer) => void | Promise<void>> = {
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
      const rest = events.slice(half)
      await deliver(events.slice(0, half))
      if (pace.isOpen() && queue.carries(rest)) await deliver(rest)
    },
    drop,
    stop: (_, answer) => refused(answer, Infinity),
    hold: (_, answer) => refused(answer, holdMs),
  }

  async function drop(events: StoredEvent[], { body }: Answer): Promise<void> {
    await queue.remove(events)
    const { code, detail } = problemIn(body)
    drops.count('refused', { count: events.length, code, message: detail })
  }

  function report({ accepted, duplicate, rejected, results }: Receipt): void {
    for (const result of results) {
      // A proxy may have put anything in there. Not for the ledger: the collector knows what it rejected.
      if (result?.status !== 'rejected') continue
      const { code, message } = result
      notices.emit('dropped', { reason: 'rejected', count: 1, code, message })
    }
    notices.emit('delivered', { accepted, duplicate, rejected })
  }

  function refused(answer: Answer, pauseMs: number): void {
    pace.hold(pauseMs)
    // The detail of a problem says what to do about it.
    complainOnce('collector_refused', `${answer.status}: ${problemIn(answer.body).detail ?? ''}`, answer)
  }

  function failed(cause: unknown): void {
    pace.failed()
    complainOnce('delivery_failed', cause, cause)
  }

  function complainOnce(code: ErrorCode, found: unknown, cause: unknown): void {
    if (!hasComplained) notices.complain(code, found, cause)
    hasComplained = true
  }

  return { deliver, bodyOf, failed }
}

// Only a receipt that adds up proves that events are stored: captive portals answer 200 too.
function outcomeFor(events: StoredEvent[], { status, body }: Answer): Outcome {
  const outcome = outcomeOf(status)
  return outcome === 'delivered' && !isReceiptFor(body, events.length) ? 'retry' : outcome
}

function problemIn(body: unknown): Partial<Problem> {
  return body ?? {} // an answer of another server has none of its fields, and that is fine
}
