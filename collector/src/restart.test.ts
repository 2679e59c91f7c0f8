/** PostgreSQL closes its connections or restarts under load: the collector survives, serves again at once, and loses nothing. */
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
/** The recovery time that a collector promises, once the server accepts connections again. */
const recoveryLimitMs = 2_000

let dataDir: string
let server: Postgres
let collector: CollectorProcess
let sender: { url: string; token: string }
/** The test's own connection, to another database of the same server. */
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

/** Clients that send batches and retry each until it is acknowledged, like the SDK but faster, until the test ends. */
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
    /** When the latest acknowledged request was sent, by `performance.now`. */
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
  ['the server is restarted', restart],
])(`while %s ${rounds} times`, (_, disturb) => {
  test('a batch is stored within 2 s each time, and every acknowledged event is stored once', async () => {
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

test('the log reports it in a few lines', () => {
  const lines = collector.complaints().trim().split('\n')
  expect(lines[0]).toMatch(/^The database is not available; requests that need it get 503\. \w/)
  expect(lines.filter((line) => !line.startsWith('The database is not available'))).toEqual([]) // no stacks
  expect(lines.length).toBeLessThan(rounds)
})

test('the process has not been replaced, and it ends normally', async () => {
  expect(() => process.kill(collector.pid, 0)).not.toThrow()
  expect(await collector.end('SIGTERM')).toBe(0)
})
