/** The client of the runs: sends prepared bodies over kept-alive connections, and measures how they are acknowledged. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { type Measured, type Span, startMeter } from './meter.ts'
import type { Traffic } from './rows.ts'

export interface Load extends Span {
  url: string
  headers: Record<string, string>
  connections: number
  eventsPerRequest: number
}

/** More than any server here can take, so that bodies do not run out; they take about 800 bytes of memory an event. */
const bodiesFor = { eventsPerSecond: 50_000, requestsPerSecond: 15_000 }

/** Puts a server under load. `onMeasuring` hears when the warm-up is over. Rejects at the first answer that is no receipt for all events. */
export async function runLoad(load: Load, traffic: Traffic, onMeasuring: () => void): Promise<Measured> {
  const bodies = prepareBodies(load, traffic)
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const meter = startMeter(load, onMeasuring)
  const sendUntilOver = async () => {
    for (let body = bodies.pop(); body && !meter.isOver(); body = bodies.pop()) {
      const { bytes, sentAtOffset } = body
      bytes.write(new Date().toISOString(), sentAtOffset, 'latin1')
      await meter.time(load.eventsPerRequest, () => send(load, agent, bytes))
    }
  }
  try {
    await Promise.all(Array.from({ length: load.connections }, sendUntilOver))
    return meter.stop()
  } finally {
    agent.destroy()
  }
}

interface Body {
  bytes: Buffer
  /** Where `sent_at` stands: it is written when the body is sent, as the SDK does. */
  sentAtOffset: number
}

const bodyStart = '{"v":1,"sent_at":"'
const timeLength = new Date(0).toISOString().length

function prepareBodies({ eventsPerRequest, warmUpMs, measureMs }: Load, traffic: Traffic): Body[] {
  const seconds = (warmUpMs + measureMs) / 1_000
  const count = Math.ceil(
    seconds * Math.min(bodiesFor.requestsPerSecond, bodiesFor.eventsPerSecond / eventsPerRequest),
  )
  const rest = `","sdk":{"name":"headwater-js","version":"0.1.0"},"events":`
  const bodies = Array.from({ length: count }, () => {
    const events = Array.from({ length: eventsPerRequest }, traffic.next)
    const text = `${bodyStart}${' '.repeat(timeLength)}${rest}${JSON.stringify(events)}}`
    return { bytes: Buffer.from(text), sentAtOffset: bodyStart.length }
  })
  return bodies.reverse() // they are taken from the end
}

function send({ url, headers, eventsPerRequest }: Load, agent: Agent, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (answer: IncomingMessage, text: string) => {
      if (isReceipt(answer, text, eventsPerRequest)) resolve()
      else reject(new Error(`The load was not taken: ${answer.statusCode} ${text.slice(0, 500)}`))
    }
    const options = { method: 'POST', agent, headers: { ...headers, 'content-length': bytes.length } }
    const outgoing = request(url, options, (answer) => {
      readText(answer).then((text) => check(answer, text), reject)
    })
    outgoing.once('error', reject)
    outgoing.end(bytes)
  })
}

function readText(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (piece: string) => {
      text += piece
    })
    answer.once('end', () => resolve(text))
    answer.once('error', reject)
  })
}

/** Refusals are text too, so only a 200 is read. */
const isReceipt = ({ statusCode }: IncomingMessage, text: string, events: number) =>
  statusCode === 200 && (JSON.parse(text) as { accepted: unknown }).accepted === events
