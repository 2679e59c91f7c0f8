/** Sends one batch and acts on its answer, by the status→outcome table of the contract. */
import { isReceiptFor, type Outcome, outcomeOf, type Problem, type Receipt } from '@headwater/contract'
import { isoTime, toJson } from '../json.ts'
import type { Counts } from '../losses.ts'
import type { SendingParts } from '../parts.ts'
import { type Answer, headersTooLarge, type Transport } from '../ports.ts'
import type { SendingQueue } from '../queue/queue.ts'
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
  /** The body of a batch as of now, which reports these losses. */
  bodyOf(events: StoredEvent[], losses?: Counts): string
}

export function createDelivery(parts: SendingParts, queue: SendingQueue, pace: Pace): Delivery {
  const { transport, clock, settings, takeLosses, giveBack, emit } = parts
  const { inFlight } = queue
  const react = createReactions(parts, queue, pace, deliver)

  async function deliver(events: StoredEvent[], send = transport.send): Promise<void> {
    inFlight.prepare(events)
    const losses = takeLosses()
    const text = bodyOf(events, losses)
    const leaving = send === transport.sendLeaving
    const body = leaving ? text : await transport.pack(text)
    // While it was compressed the page may have left with these events, or the visitor may have refused.
    if (settings.consent !== 'granted' || !inFlight.depart(events)) return giveBack(losses)
    try {
      const answer = await send(`${settings.endpoint}/v1/batch?token=${settings.token}`, body)
      emit('answered', { events, bytes: body.length, leaving, answer })
      if (!inFlight.has(events)) return // they were forgotten
      const outcome = outcomeFor(events, answer)
      if (outcome !== 'delivered') giveBack(losses)
      await react[outcome](events, answer)
    } finally {
      inFlight.land(events)
    }
  }

  // Events are stored as JSON, so the body is put together from texts.
  function bodyOf(events: StoredEvent[], losses?: Counts): string {
    const sentAt = isoTime(new Date(clock.now()))
    const dropped = losses ? `"dropped":${toJson(losses)},` : ''
    const list = events.map(({ json }) => json).join(',')
    return `{"v":1,"sent_at":"${sentAt}","sdk":${toJson(sdk)},${dropped}"events":[${list}]}`
  }

  return { deliver, bodyOf }
}

type Reaction = (events: StoredEvent[], answer: Answer) => void | Promise<void>

/** What each outcome asks for. */
function createReactions(
  parts: SendingParts,
  queue: SendingQueue,
  pace: Pace,
  deliver: Delivery['deliver'],
): Record<Outcome, Reaction> {
  const { clock, lose, complain } = parts

  async function drop(events: StoredEvent[], answer: Answer): Promise<void> {
    await queue.remove(events)
    const { code, detail } = problemIn(answer)
    lose('refused', { count: events.length, code, message: detail })
  }

  function hold(answer: Answer, pauseMs: number): void {
    pace.hold(pauseMs)
    // The detail of a problem says what to do about it.
    complain('collector_refused', `${answer.status}: ${problemIn(answer).detail ?? ''}`, answer)
  }

  return {
    async delivered(events, answer) {
      pace.restart()
      await queue.remove(events)
      report(parts, answer.body as Receipt) // outcomeFor has checked it
    },
    retry(_, answer) {
      const pauseMs = parseRetryAfter(answer.retryAfter, clock.now())
      if (pauseMs) pace.pause(pauseMs)
      else pace.failed()
    },
    async split(events, answer) {
      if (events.length === 1) return drop(events, answer)
      const middle = Math.floor(events.length / 2)
      const rest = events.slice(middle)
      await deliver(events.slice(0, middle))
      if (pace.isOpen() && queue.inFlight.has(rest)) await deliver(rest)
    },
    drop,
    stop: (_, answer) => hold(answer, Infinity),
    hold: (_, answer) => hold(answer, holdMs),
  }
}

function report({ lose, emit }: SendingParts, { accepted, duplicate, rejected, results }: Receipt): void {
  for (const result of results) {
    // A proxy may have put anything in there.
    if (result?.status === 'rejected') lose('rejected', { code: result.code, message: result.message })
  }
  emit('delivered', { accepted, duplicate, rejected })
}

function outcomeFor(events: StoredEvent[], { status, body }: Answer): Outcome {
  if (status === headersTooLarge) return 'retry' // the transport's next request has smaller ones
  const outcome = outcomeOf(status)
  // Only a receipt whose counts fit the batch proves that its events are stored: captive portals answer 200 too.
  return outcome === 'delivered' && !isReceiptFor(body, events.length) ? 'retry' : outcome
}

function problemIn({ body }: Answer): Partial<Problem> {
  return body ?? {} // an answer of another server has none of its fields, and that is fine
}
