/** The least a durable collector can do: one insert per request into a table with one index, acknowledged after its commit. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Batch, WireEvent } from '@headwater/contract'
import postgres from 'postgres'

/** Starts on a database of its own and resolves with its address. It ends with its process. */
export async function startBareServer(databaseUrl: string): Promise<string> {
  const sql = postgres(databaseUrl)
  await sql`
    create table bare_events (
      idempotency_key  uuid         primary key,
      name             text         not null,
      occurred_at      timestamptz  not null,
      anonymous_id     uuid         not null,
      url              text         not null,
      event            jsonb        not null
    )`
  const server = createServer(async (incoming, answer) => {
    const { events } = JSON.parse(await readBody(incoming)) as Batch
    await sql`insert into bare_events ${sql((events as WireEvent[]).map(toRow))} on conflict do nothing`
    answer.setHeader('content-type', 'application/json')
    answer.end(`{"accepted":${events.length}}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

const toRow = ({ idempotency_key, name, occurred_at, anonymous_id, url, ...event }: WireEvent) =>
  ({ idempotency_key, name, occurred_at, anonymous_id, url, event }) as postgres.Row
