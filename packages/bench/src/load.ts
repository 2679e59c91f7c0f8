/** The client of the runs: sends prepared bodies over kept-alive connections, and measures how they are acknowledged. */
import { Agent } from 'node:http'
import type { WireEvent } from '@headwater/contract'
import { type Measured, type Span, startMeter } from './meter.ts'
import { post } from './post.ts'

export interface Load extends Span {
  /** Connections are spread over these servers. */
  urls: string[]
  headers: Record<string, string>
  connections: number
  eventsPerRequest: number
}

/** The events of one request. */
export interface OutgoingBatch {
  events: WireEvent[]
  /** Undefined: the headers of the load hold what the server asks for. */
  token?: string
}

/** Creates the next batch of so many events. */
export type NextBatch = (size: number) => OutgoingBatch

/** More than any server here can take, so that bodies do not run out; they take about 800 bytes of memory an event. */
const bodiesFor = { eventsPerSecond: 50_000, requestsPerSecond: 15_000 }

/**
 * Puts servers under load; calls `onMeasuring` when the warm-up is over. Rejects at the first answer that is not a receipt
 * for all events.
 */
export async function runLoad(load: Load, next: NextBatch, onMeasuring: () => void): Promise<Measured> {
  const bodies = prepareBodies(load, next)
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const meter = startMeter(load, onMeasuring)
  const sendUntilOver = async (url: string) => {
    for (let body = bodies.pop(); body && !meter.isOver(); body = bodies.pop()) {
      const { bytes, sentAtOffset } = body
      const headers = { ...load.headers, ...body.headers }
      bytes.write(new Date().toISOString(), sentAtOffset, 'latin1')
      await meter.time(load.eventsPerRequest, () =>
        send(agent, { url, headers, bytes }, load.eventsPerRequest),
      )
    }
  }
  const urlOf = (connection: number) => load.urls[connection % load.urls.length] as string // the remainder is an index
  try {
    await Promise.all(Array.from({ length: load.connections }, (_, i) => sendUntilOver(urlOf(i))))
    return meter.stop()
  } finally {
    agent.destroy()
  }
}

interface Body {
  bytes: Buffer
  headers: Record<string, string> | undefined
  /** The position of `sent_at`, which is written when the body is sent, as by the SDK. */
  sentAtOffset: number
}

const bodyStart = '{"v":1,"sent_at":"'
const timeLength = new Date(0).toISOString().length
const bodyRest = `","sdk":{"name":"headwater-js","version":"0.1.0"},"events":`

function prepareBodies({ eventsPerRequest, warmUpMs, measureMs }: Load, next: NextBatch): Body[] {
  const seconds = (warmUpMs + measureMs) / 1_000
  const count = Math.ceil(
    seconds * Math.min(bodiesFor.requestsPerSecond, bodiesFor.eventsPerSecond / eventsPerRequest),
  )
  const bodies = Array.from({ length: count }, (): Body => {
    const { events, token } = next(eventsPerRequest)
    const text = `${bodyStart}${' '.repeat(timeLength)}${bodyRest}${JSON.stringify(events)}}`
    return { bytes: Buffer.from(text), headers: authorize(token), sentAtOffset: bodyStart.length }
  })
  return bodies.reverse() // they are taken from the end
}

/** The header that shows a token; none without one. */
export const authorize = (token: string | undefined): Record<string, string> | undefined =>
  token === undefined ? undefined : { authorization: `Bearer ${token}` }

async function send(agent: Agent, body: Parameters<typeof post>[1], events: number): Promise<void> {
  const { status, text } = await post(agent, body)
  // Refusals are text too, so only a 200 is read.
  if (status === 200 && (JSON.parse(text) as { accepted: unknown }).accepted === events) return
  throw new Error(`The load was not taken: ${status} ${text.slice(0, 500)}`)
}
