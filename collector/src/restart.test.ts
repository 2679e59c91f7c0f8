/** PostgreSQL closes its connections or restarts under load: the collector lives, serves again at once, and loses nothing. */
import { setTimeout as pause } from 'node:timers/promises'
import { createPublicToken, runCommand } from '@headwater/bench/commands'
import { postBatch } from '@headwater/bench/post-batch'
import { createTraffic } from '@headwater/bench/rows'
import type { WireEvent } from '@headwater/contract'
import type { Db } from '@headwater/db/db'
import { createPostgresDb } from '@headwater/db/postgres'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { temporaryFolder } from '@headwater/testkit/databases'
import { createDatabase, type Postgres, startPostgres } from '@headwater/testkit/postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

const rounds = 20
const clients = 16
const eventsPerBatch = 10
/** What a collector promises after the server takes connections again. */
const recoveryLimitMs = 2_000

let dataDir: string
let server: Postgres
let collector: CollectorProcess
let sender: { url: string; token: string }
/** Of the test itself, on another database of the same server. */
let observer: Db
let databaseUrl: string

beforeAll(async () => {
  dataDir = await temporaryFolder()
  server = await startPostgres({ dataDir })
  observer = createPostgresDb({ url: server.url })
  databaseUrl = (await createDatabase(server.url)).url
  const settings = {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: 'a pepper for tests, long enough to be one',
  }
  await runCommand(['migrate'], settings)
  collector = await startCollectorProcess('serve', settings)
  sender = { url: collector.url, token: await createPublicToken(settings) }
})

afterAll(async () => {
  await collector?.end('SIGTERM')
  await observer?.close()
  await server?.stop()
})

async function terminateAll(): Promise<void> {
  await observer.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname like 'test%' and pid <> pg_backend_pid()`,
  )
}

async function restart(): Promise<void> {
  await server.stop()
  server = await startPostgres({ dataDir, port: server.port })
}

/** Clients that send batches and repeat each until it is acknowledged, as the SDK does, but sooner; until the test has ended. */
function startLoad() {
  const traffic = createTraffic({ visitors: 300 })
  const acknowledged: WireEvent[] = []
  const statuses = new Set<number>()
  let lastBegunAt = 0
  let isLoading = true
  let hasTestEnded = false
  onTestFinished(() => {
    isLoading = false
    hasTestEnded = true
  })

  async function deliver(events: WireEvent[]): Promise<void> {
    while (!hasTestEnded) {
      const begunAt = performance.now()
      const { status, receipt } = await postBatch(sender, events)
      statuses.add(status)
      if (receipt) {
        expect(receipt.accepted + receipt.duplicate).toBe(events.length)
        acknowledged.push(...events)
        lastBegunAt = Math.max(lastBegunAt, begunAt)
        return
      }
      await pause(5) // the load itself
    }
  }
  async function send(): Promise<void> {
    while (isLoading) await deliver(Array.from({ length: eventsPerBatch }, traffic.next))
  }
  const ended = Promise.all(Array.from({ length: clients }, send))
  return {
    acknowledged,
    statuses,
    /** When the last request was sent that has been acknowledged, by `performance.now`. */
    lastBegunAt: () => lastBegunAt,
    async stop() {
      isLoading = false
      await ended
    },
  }
}

async function storedKeys(table: 'events' | 'event_dedup_keys'): Promise<string[]> {
  const db = createPostgresDb({ url: databaseUrl })
  const rows = await db.query<{ key: string }>(`select idempotency_key::text as key from ${table}`)
  await db.close()
  return rows.map(({ key }) => key)
}

describe.each([
  ['connections are terminated', terminateAll],
  ['the server restarts', restart],
])(`while ${rounds} times %s`, (_, disturb) => {
  test('a batch is stored within 2 s each time, and all that was acknowledged is stored once', async () => {
    const earlier = new Set(await storedKeys('events'))
    const load = startLoad()
    for (let round = 0; round < rounds; round += 1) {
      const before = load.acknowledged.length
      const isUnderWay = () => load.acknowledged.length - before
      await expect.poll(isUnderWay, { timeout: 5_000, interval: 5 }).toBeGreaterThan(clients * eventsPerBatch)
      await disturb()
      const upAt = performance.now()
      const isBack = () => load.lastBegunAt() - upAt
      await expect.poll(isBack, { timeout: recoveryLimitMs, interval: 5 }).toBeGreaterThan(0)
    }
    await load.stop()
    expect([...load.statuses].sort()).toEqual([200, 503])

    const sent = load.acknowledged.map(({ idempotency_key }) => idempotency_key).sort()
    for (const table of ['events', 'event_dedup_keys'] as const) {
      expect((await storedKeys(table)).filter((key) => !earlier.has(key)).sort()).toEqual(sent)
    }
  }, 60_000)
})

test('its log tells of all that in a few lines', () => {
  const lines = collector.complaints().trim().split('\n')
  expect(lines[0]).toMatch(/^The database is not available; requests that need it are answered with 503\. \w/)
  expect(lines.filter((line) => !line.startsWith('The database is not available'))).toEqual([]) // no stacks
  expect(lines.length).toBeLessThan(rounds)
})

test('it is still the process that was started, and it ends as always', async () => {
  expect(() => process.kill(collector.pid, 0)).not.toThrow()
  expect(await collector.end('SIGTERM')).toBe(0)
})
