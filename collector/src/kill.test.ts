/** A kill -9 of the collector under load: nothing acknowledged is lost, nothing retried is stored twice. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPublicToken, runCommand } from '@headwater/bench/commands'
import { postBatch } from '@headwater/bench/post-batch'
import { createTraffic } from '@headwater/bench/rows'
import type { WireEvent } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { createPostgresDb } from '@headwater/db/postgres'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import { freePort } from '@headwater/testkit/postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'

const loadMs = 10_000
const clients = 8
const eventsPerBatch = 50

const traffic = createTraffic({ visitors: 300 })
const sent: WireEvent[] = []
let acknowledgedBeforeKill = 0
let retries = 0
let collector: CollectorProcess | undefined
let db: Db

beforeAll(async () => {
  const url = await freshPostgresUrl()
  db = createPostgresDb({ url })
  const settings = {
    DATABASE_URL: url,
    HEADWATER_PEPPER: 'a pepper for tests, long enough to be one',
    PORT: `${await freePort()}`, // unchanged by the restart
  }
  await runCommand(['migrate'], settings)
  collector = await startCollectorProcess('serve', settings)
  const sender = { url: collector.url, token: await createPublicToken(settings) }
  let isUp: Promise<unknown> = Promise.resolve()

  async function deliver(events: WireEvent[]): Promise<void> {
    for (let answer = await postBatch(sender, events); !answer.receipt; retries += 1) {
      await isUp
      answer = await postBatch(sender, events)
    }
    sent.push(...events)
  }
  async function sendUntil(end: number): Promise<void> {
    while (Date.now() < end) await deliver(Array.from({ length: eventsPerBatch }, traffic.next))
  }
  async function killAndRestart(): Promise<void> {
    acknowledgedBeforeKill = sent.length
    await collector?.end('SIGKILL')
    collector = await startCollectorProcess('serve', settings)
  }

  const end = Date.now() + loadMs
  const load = Promise.all(Array.from({ length: clients }, () => sendUntil(end)))
  await sleep(loadMs / 2) // the load itself
  isUp = killAndRestart()
  await load
}, 60_000)

afterAll(async () => {
  await collector?.end('SIGTERM')
  await db?.close()
})

async function numberFrom(query: string): Promise<number> {
  const [row] = await db.query<{ number: number }>(`select (${query})::float8 as number`)
  return row?.number ?? Number.NaN
}

test('the kill interrupts every client with a batch in flight, and each retries', () => {
  expect(acknowledgedBeforeKill).toBeGreaterThan(0)
  expect(retries).toBeGreaterThanOrEqual(clients)
})

test('every acknowledged event is stored, and nothing else', async () => {
  const rows = await db.query<{ key: string }>('select idempotency_key::text as key from events')
  const stored = new Set(rows.map(({ key }) => key))
  expect(sent.filter(({ idempotency_key }) => !stored.has(idempotency_key))).toEqual([])
  expect(stored.size).toBe(sent.length)
})

test('no event is stored twice, and each has its key', async () => {
  expect(await numberFrom('select count(*) from events')).toBe(sent.length)
  expect(await numberFrom('select count(*) from event_dedup_keys')).toBe(sent.length)
  const pairs = 'events e join event_dedup_keys k using (website_id, idempotency_key) where k.event_id = e.id'
  expect(await numberFrom(`select count(*) from ${pairs}`)).toBe(sent.length)
})

test('sessions and conversions count each event once', async () => {
  const pages = sent.filter(({ type }) => type === 'page').length
  const purchases = sent.filter(({ conversion }) => conversion).length
  expect(await numberFrom('select sum(view_count) from sessions_tracking')).toBe(pages)
  expect(await numberFrom('select sum(conversion_count) from sessions_tracking')).toBe(purchases)
  expect(await numberFrom('select count(*) from conversions')).toBe(purchases)
})

test('a visitor seen by two processes is one customer with one session and one touch', async () => {
  const visitors = new Set(sent.map(({ anonymous_id }) => anonymous_id)).size
  for (const table of [
    'customers',
    'identities',
    'customer_identity_links',
    'sessions_tracking',
    'touches',
  ]) {
    expect([table, await numberFrom(`select count(*) from ${table}`)]).toEqual([table, visitors])
  }
})

test('every received event is counted as stored, duplicate or rejected', async () => {
  const sum = (count: string) => numberFrom(`select sum(${count}) from token_usages`)
  expect(await sum('stored')).toBe(sent.length)
  expect(await sum('rejected')).toBe(0)
  expect(await sum('received')).toBe(sent.length + (await sum('duplicate')))
})
