/** What the database alone can take: COPY of the same events into `events` and `event_dedup_keys`, with all their indexes. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { WireEvent } from '@headwater/contract'
import postgres from 'postgres'
import { type Measured, type Span, startMeter } from '../meter.ts'
import type { Traffic } from '../rows.ts'

/** As many as the collector has writers. */
const connections = 2
/** Many: each COPY waits twice for 40 ms, because the driver leaves Nagle's algorithm on. */
const eventsPerCommit = 10_000
/** More than two cores can copy, so that rows do not run out. */
const rowsForEventsPerSecond = 120_000

/** The rows of one commit, in COPY's text format. */
interface Chunk {
  events: string
  keys: string
}

/** Copies into a migrated database in which the website with id 1 exists. `onMeasuring` is called when the warm-up is over. */
export async function runBareCopy(
  databaseUrl: string,
  span: Span,
  traffic: Traffic,
  onMeasuring: () => void,
): Promise<Measured> {
  const chunks = prepareChunks(span, traffic)
  const options = { max: connections, socket: connectWithoutDelay } // its types lack `socket`
  const sql = postgres(databaseUrl, options)
  await sql`create table events_all partition of events for values from (minvalue) to (maxvalue)`
  const meter = startMeter(span, onMeasuring)
  const copyUntilOver = async () => {
    for (let chunk = chunks.pop(); chunk && !meter.isOver(); chunk = chunks.pop()) {
      const rows = chunk
      await meter.time(eventsPerCommit, () => copy(sql, rows))
    }
  }
  await Promise.all(Array.from({ length: connections }, copyUntilOver))
  const measured = meter.stop()
  await sql.end()
  return measured
}

/** COPY is several small messages: with Nagle's algorithm each commit would wait some 100 ms for acknowledgements. */
async function connectWithoutDelay({ host: [host], port: [port] }: Address): Promise<Socket> {
  const socket = connect({ host, port: port as number, noDelay: true }) // postgres.js has a port for every host
  await once(socket, 'connect')
  return socket
}

/** As postgres.js read them from the URL. */
interface Address {
  host: string[]
  port: number[]
}

async function copy(sql: postgres.Sql, { events, keys }: Chunk): Promise<void> {
  await sql.begin(async (tx) => {
    const toKeys =
      await tx`copy event_dedup_keys (website_id, idempotency_key, event_id) from stdin`.writable()
    await pipeline(Readable.from([keys]), toKeys)
    const toEvents = await tx`
      copy events (
        website_id, id, session_id, customer_id, type, name, occurred_at, url, title, props, revenue_cents, currency, idempotency_key,
        ingestion_token_id, sdk_version, utm_source_id, utm_medium_id, utm_campaign_id, referrer_domain_id, landing_page_id
      )
      from stdin`.writable()
    await pipeline(Readable.from([events]), toEvents)
  })
}

function prepareChunks({ warmUpMs, measureMs }: Span, traffic: Traffic): Chunk[] {
  const ids = {
    visitors: new Map<unknown, number>(),
    campaigns: new Map<unknown, number>(),
    pages: new Map<unknown, number>(),
  }
  const count = Math.ceil((((warmUpMs + measureMs) / 1_000) * rowsForEventsPerSecond) / eventsPerCommit)
  let id = 0
  const chunks = Array.from({ length: count }, () => {
    const chunk: Chunk = { events: '', keys: '' }
    for (let i = 0; i < eventsPerCommit; i++) {
      const event = traffic.next()
      id += 1
      chunk.keys += line([1, event.idempotency_key, id])
      chunk.events += line(eventFields(event, id, ids))
    }
    return chunk
  })
  return chunks.reverse() // they are taken from the end
}

type Ids = Record<'visitors' | 'campaigns' | 'pages', Map<unknown, number>>

function eventFields(event: WireEvent, id: number, ids: Ids): unknown[] {
  const { session, type, name, occurred_at, url, title, props, revenue_cents, currency, idempotency_key } =
    event
  const visitor = idOf(ids.visitors, event.anonymous_id) // a visitor has one session here, so both get the same id
  const campaign = session?.utm && idOf(ids.campaigns, session.utm.campaign)
  const origin = [
    campaign,
    campaign,
    campaign,
    campaign ? undefined : 1,
    idOf(ids.pages, session?.landing_url),
  ]
  const facts = [
    type,
    name,
    occurred_at,
    url,
    title,
    JSON.stringify(props),
    revenue_cents,
    currency,
    idempotency_key,
  ]
  return [1, id, visitor, visitor, ...facts, 1, 'headwater-js/0.1.0', ...origin]
}

function idOf(ids: Map<unknown, number>, value: unknown): number {
  const id = ids.get(value) ?? ids.size + 1
  ids.set(value, id)
  return id
}

const line = (fields: unknown[]) => `${fields.map(toField).join('\t')}\n`

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const toField = (value: unknown) =>
  value === undefined
    ? '\\N'
    : String(value).replace(/[\\\t\n\r]/g, (character) => escapes[character] as string) // it has them all
