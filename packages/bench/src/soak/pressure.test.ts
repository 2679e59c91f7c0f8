/** What the client of the soak counts, against a server whose answers the test chooses. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Batch } from '@headwater/contract'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createVisits } from '../visits.ts'
import { applyPressure, type Pressed } from './pressure.ts'

interface Behaviour {
  status: number
  headers?: Record<string, string>
  /** Default: nothing. */
  store?(batch: Batch): Promise<unknown>
}

const websites = [{ id: 1, token: 'a' }]
const servers: Server[] = []
let databaseUrl: string
let sql: postgres.Sql

beforeAll(async () => {
  databaseUrl = await freshPostgresUrl()
  sql = postgres(databaseUrl)
  await sql`create table event_dedup_keys (website_id bigint, idempotency_key uuid)`
})
afterAll(async () => {
  for (const server of servers) server.close()
  await sql.end()
})

/** Half a second of batches of five events, to a server that behaves like this. */
async function press(behaviour: Behaviour, maxInFlight = 1_000): Promise<Pressed> {
  const url = await startServer(behaviour)
  const visits = { sessionsAtOnce: 5, eventsPerSession: 10, inARow: 1, returning: { from: 0, until: 0 } }
  const rate = { eventsPerRequest: 5, eventsPerSecond: 500, durationMs: 500, stepMs: 250, maxInFlight }
  const next = createVisits({ websites, ...visits })
  return applyPressure({ url, headers: {}, ...rate, databaseUrl, websites }, next)
}

async function startServer({ status, headers, store }: Behaviour): Promise<string> {
  const server = createServer(async (incoming, answer) => {
    let body = ''
    for await (const piece of incoming) body += piece
    const batch = JSON.parse(body) as Batch
    await store?.(batch)
    answer.writeHead(status, headers).end(JSON.stringify({ accepted: batch.events.length }))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
}

const storeEvents = ({ events }: Batch) =>
  sql`insert into event_dedup_keys select 1, unnest(${events.map((event) => (event as { idempotency_key: string }).idempotency_key)}::uuid[])`

const answersOf = ({ steps }: Pressed, status: number) =>
  steps.reduce((sum, { answers }) => sum + (answers[status] ?? 0), 0)

it('nothing is lost when every acknowledged event is in the database', async () => {
  const pressed = await press({ status: 200, store: storeEvents })
  expect(pressed).toMatchObject({ acknowledged: 5 * answersOf(pressed, 200), lost: 0 })
  expect(pressed.steps.map(({ acknowledged }) => acknowledged > 0)).toEqual([true, true])
})

it('an acknowledged event that the database does not have is lost', async () => {
  const pressed = await press({ status: 200 })
  expect(pressed.lost).toBe(pressed.acknowledged)
  expect(pressed.lost).toBeGreaterThan(0)
})

it('an event that was refused is not lost', async () => {
  const pressed = await press({ status: 503, headers: { 'retry-after': '2' } })
  expect(pressed).toMatchObject({ acknowledged: 0, lost: 0, withoutRetryAfter: 0 })
  expect(answersOf(pressed, 503)).toBeGreaterThan(0)
})

it('a refusal that does not say when to come back is counted', async () => {
  const pressed = await press({ status: 429 })
  expect(pressed.withoutRetryAfter).toBe(answersOf(pressed, 429))
  expect(pressed.withoutRetryAfter).toBeGreaterThan(0)
})

it('a request that is due while too many others wait is skipped', async () => {
  const wait = () => new Promise((resolve) => setTimeout(resolve, 100))
  const { steps } = await press({ status: 200, store: wait }, 1)
  expect(steps.reduce((sum, { leftOut }) => sum + leftOut, 0)).toBeGreaterThan(0)
})
