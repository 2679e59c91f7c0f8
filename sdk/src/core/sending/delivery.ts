/** Sends one batch and acts on its answer, by the status→outcome table of the contract. */
import { isReceiptFor, type Outcome, outcomeOf, type Problem, type Receipt } from '@headwater/contract'
import type { ErrorCode } from '../codes.ts'
import type { Emitter } from '../emitter.ts'
import type { Parts } from '../parts.ts'
import type { Answer, Transport } from '../ports.ts'
import type { Flight } from '../queue/in-flight.ts'
import type { Queue } from '../queue/queue.ts'
import type { StoredEvent } from '../records.ts'
import { sdk } from '../version.ts'
import { type Pace, parseRetryAfter } from './pace.ts'

/** As long as the longest back-off: nothing promises that a refusal ends soon. */
const holdMs = 300_000

export interface Delivery {
  /**
   * Sends these events, and resolves when the answer has been acted on. Sends none when some were taken away meanwhile.
   * By `sendLeaving` the request starts before it returns.
   */
  deliver(events: StoredEvent[], send?: Transport['send']): Promise<void>
  /** The body of a batch as of now, with all losses that were not reported. */
  bodyOf(events: StoredEvent[]): string
  /** An attempt failed without an answer. */
  failed(cause: unknown): void
}

/** A request that was answered, with its events. */
interface Answered {
  events: StoredEvent[]
  flight: Flight
  answer: Answer
}

export function createDelivery(parts: Parts, queue: Queue, pace: Pace): Delivery {
  const { transport, clock, settings, drops, notices } = parts
  const react = createReactions(parts, queue, pace, deliver)

  async function deliver(events: StoredEvent[], send = transport.send): Promise<void> {
    const flight = queue.prepare(events)
    const text = bodyOf(events)
    const losses = drops.take()
    const leaving = send === transport.sendLeaving
    const body = leaving ? text : await transport.pack(text)
    // While it was compressed the page may have left with these events, or the visitor may have refused.
    if (settings.consent !== 'granted' || !flight.depart()) return drops.giveBack(losses)
    try {
      const answer = await send(`${settings.endpoint}/v1/batch?token=${settings.token}`, body)
      notices.emit('answered', { events, bytes: body.length, leaving, answer })
      if (!flight.has(events)) return // they were forgotten
      const outcome = outcomeFor(events, answer)
      if (outcome !== 'delivered') drops.giveBack(losses)
      await react[outcome]({ events, flight, answer })
    } finally {
      flight.land()
    }
  }

  // Events are stored as JSON, so the body is put together from texts.
  function bodyOf(events: StoredEvent[]): string {
    const sentAt = new Date(clock.now()).toISOString()
    const losses = drops.counts()
    const dropped = losses ? `"dropped":${JSON.stringify(losses)},` : ''
    const list = events.map(({ json }) => json).join(',')
    return `{"v":1,"sent_at":"${sentAt}","sdk":${JSON.stringify(sdk)},${dropped}"events":[${list}]}`
  }

  return { deliver, bodyOf, failed: react.failed }
}

type Reactions = Record<Outcome, (answered: Answered) => void | Promise<void>> & Pick<Delivery, 'failed'>

/** What each outcome asks for. */
function createReactions(
  { clock, drops, notices }: Parts,
  queue: Queue,
  pace: Pace,
  deliver: Delivery['deliver'],
): Reactions {
  let hasComplained = false // once, until something is delivered

  async function drop({ events, answer }: Answered): Promise<void> {
    await queue.remove(events)
    const { code, detail } = problemIn(answer)
    drops.count('refused', { count: events.length, code, message: detail })
  }

  function complain(code: ErrorCode, found: unknown, cause: unknown): void {
    if (!hasComplained) notices.complain(code, found, cause)
    hasComplained = true
  }

  function hold(answer: Answer, pauseMs: number): void {
    pace.hold(pauseMs)
    // The detail of a problem says what to do about it.
    complain('collector_refused', `${answer.status}: ${problemIn(answer).detail ?? ''}`, answer)
  }

  return {
    async delivered({ events, answer }) {
      pace.restart()
      hasComplained = false
      await queue.remove(events)
      report(notices, answer.body as Receipt) // outcomeFor has checked it
    },
    retry({ answer }) {
      const pauseMs = parseRetryAfter(answer.retryAfter, clock.now())
      if (pauseMs) pace.pause(pauseMs)
      else pace.failed()
    },
    async split({ events, flight, answer }) {
      if (events.length === 1) return drop({ events, flight, answer })
      const middle = Math.floor(events.length / 2)
      const rest = events.slice(middle)
      await deliver(events.slice(0, middle))
      if (pace.isOpen() && flight.has(rest)) await deliver(rest)
    },
    drop,
    stop: ({ answer }) => hold(answer, Infinity),
    hold: ({ answer }) => hold(answer, holdMs),
    failed(cause) {
      pace.failed()
      complain('delivery_failed', cause, cause)
    },
  }
}

function report({ emit }: Emitter, { accepted, duplicate, rejected, results }: Receipt): void {
  for (const result of results) {
    // A proxy may have put anything in there. It is not counted among the losses: the collector knows what it rejected.
    if (result?.status !== 'rejected') continue
    const { code, message } = result
    emit('dropped', { reason: 'rejected', count: 1, code, message })
  }
  emit('delivered', { accepted, duplicate, rejected })
}

// Only a receipt whose counts fit the batch proves that its events are stored: captive portals answer 200 too.
function outcomeFor(events: StoredEvent[], { status, body }: Answer): Outcome {
  const outcome = outcomeOf(status)
  return outcome === 'delivered' && !isReceiptFor(body, events.length) ? 'retry' : outcome
}

function problemIn({ body }: Answer): Partial<Problem> {
  return body ?? {} // an answer of another server has none of its fields, and that is fine
}
