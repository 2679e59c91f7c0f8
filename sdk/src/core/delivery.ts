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
import type { Pace } from './backoff.ts'
import type { Drops } from './drops.ts'
import type { Emit, ErrorCode } from './notices.ts'
import type { Settings } from './options.ts'
import type { Answer, Ports, Transport } from './ports.ts'
import type { Queue } from './queue.ts'
import { sdk } from './version.ts'

export interface Delivery {
  /** Sends these events and resolves when the answer has been dealt with. The request starts before it returns. */
  deliver(events: WireEvent[], send?: Transport['send']): Promise<void>
  /** The body of a batch, as of now. */
  bodyOf(events: WireEvent[], dropped?: Record<string, number>): string
}

export interface DeliveryParts {
  ports: Ports
  settings: Settings
  queue: Queue
  pace: Pace
  drops: Drops
  emit: Emit
}

export function createDelivery({ ports, settings, queue, pace, drops, emit }: DeliveryParts): Delivery {
  const { transport, lifecycle, clock } = ports
  let complainedOf = 0 // the status that the last complaint was about; said once, until something is delivered

  function deliver(events: WireEvent[], send = transport.send): Promise<void> {
    return queue.carry(events, async () => {
      const dropped = drops.take()
      const answer = await send(`${settings.endpoint}/v1/batch?token=${settings.token}`, bodyOf(events, dropped))
      const outcome = outcomeFor(events, answer)
      if (outcome !== 'delivered') drops.giveBack(dropped)
      await after[outcome](events, answer)
    })
  }

  function bodyOf(events: WireEvent[], dropped?: Record<string, number>): string {
    const sentAt = new Date(clock.now()).toISOString()
    const batch: Batch = { v: 1, sent_at: sentAt, sdk, context: lifecycle.context(), dropped, events }
    return JSON.stringify(batch)
  }

  const after: Record<Outcome, (events: WireEvent[], answer: Answer) => void | Promise<void>> = {
    async delivered(events, { body }) {
      pace.restart()
      complainedOf = 0
      await queue.remove(events)
      report(body as Receipt) // outcomeFor has checked it
    },
    retry: (_, { retryAfterMs }) => pace.failed(retryAfterMs),
    async split(events, answer) {
      if (events.length === 1) return drop(events, answer)
      const half = Math.ceil(events.length / 2)
      await deliver(events.slice(0, half))
      if (pace.isOpen()) await deliver(events.slice(half))
    },
    drop,
    stop(_, answer) {
      pace.stop()
      complain('token_refused', answer, 'Nothing is sent until setToken() gets a valid token, or a reload.')
    },
    hold(_, answer) {
      pace.hold()
      complain('collector_refused', answer, 'Sending pauses for 5 minutes. Check endpoint, token and website.')
    },
  }

  async function drop(events: WireEvent[], { status, body }: Answer): Promise<void> {
    await queue.remove(events)
    const { code, detail } = problemIn(body)
    const reason = status === 413 ? 'too_large' : 'refused'
    drops.count(reason, { count: events.length, code, message: detail })
  }

  function report({ request_id, accepted, duplicate, rejected, results }: Receipt): void {
    for (const { status, code, message } of results) {
      if (status === 'rejected') drops.count('rejected', { code, message })
    }
    emit('delivered', { requestId: request_id, accepted, duplicate, rejected })
  }

  function complain(code: ErrorCode, { status, body }: Answer, remedy: string): void {
    if (complainedOf === status) return
    complainedOf = status
    const problem = problemIn(body)
    const found = `the collector answered ${status} ${problem.code ?? ''} ${problem.detail ?? ''}`.trim()
    emit('error', { code, message: `Sending events: ${found}. They are kept. ${remedy}` })
  }

  return { deliver, bodyOf }
}

// Only a receipt that adds up proves that events are stored: captive portals answer 200 too.
function outcomeFor(events: WireEvent[], { status, body }: Answer): Outcome {
  const outcome = outcomeOf(status)
  return outcome === 'delivered' && !isReceiptFor(body, events.length) ? 'retry' : outcome
}

function problemIn(body: unknown): Partial<Problem> {
  return (body ?? {}) as Partial<Problem> // an answer of another server has none of its fields, and that is fine
}
