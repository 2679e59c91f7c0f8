/** PostgreSQL closes its connections or restarts, again and again, while many transactions are running. */
import { setTimeout as pause } from 'node:timers/promises'
import { temporaryFolder } from '@headwater/testkit/databases'
import { createDatabase, type Postgres, startPostgres } from '@headwater/testkit/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from './db.ts'
import { isOutage } from './outage.ts'
import { createPostgresDb } from './postgres.ts'
import { places, useAllPlaces } from './testing.ts'

const rounds = 20
const clients = 12
/** What a collector guarantees after the server accepts connections again. */
const recoveryLimitMs = 2_000

let dataDir: string
let server: Postgres
let db: Db
let observer: Db

const committed: number[] = []
const failures: { error: unknown; tookMs: number }[] = []
let lastBegunAt = 0
let load: Promise<unknown>
let isLoading = true

beforeAll(async () => {
  dataDir = await temporaryFolder()
  server = await startPostgres({ dataDir })
  const { url } = await createDatabase(server.url)
  db = createPostgresDb({ url })
  observer = createPostgresDb({ url: server.url })
  await db.query('create table halves (pair integer not null, half text not null)')
  let lastPair = 0
  async function storePairs(): Promise<void> {
    while (isLoading) {
      lastPair += 1
      await storePair(lastPair)
    }
  }
  load = Promise.all(Array.from({ length: clients }, storePairs))
})

afterAll(async () => {
  isLoading = false
  await load
  await Promise.all([db.close(), observer.close()])
  await server.stop()
})

/** Stores two rows in a transaction that has other things to do in between. */
async function storePair(pair: number): Promise<void> {
  const begunAt = performance.now()
  const insert = `insert into halves values ($1::integer, $2)`
  try {
    await db.transaction(async (tx) => {
      await Promise.all([tx.query(insert, [pair, 'first']), tx.query('select 1')])
      await pause(1)
      await tx.query(insert, [pair, 'second'])
    })
    committed.push(pair)
    lastBegunAt = Math.max(lastBegunAt, begunAt)
  } catch (error) {
    failures.push({ error, tookMs: performance.now() - begunAt })
    await pause(5) // as a client does; the load itself
  }
}

async function terminateAll(): Promise<void> {
  await observer.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname like 'test%' and pid <> pg_backend_pid()`,
  )
}

async function restart(): Promise<void> {
  await server.stop()
  server = await startPostgres({ dataDir, port: server.port })
}

describe.each([
  ['its connections are terminated', terminateAll],
  ['the server restarts', restart],
])('while %s', (_, disturb) => {
  test(`every transaction is atomic, everything works again within 2 s in ${rounds} of ${rounds} rounds, and no place is lost`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const before = committed.length
      await expect.poll(() => committed.length, { timeout: 5_000 }).toBeGreaterThan(before + clients)
      await disturb()
      const upAt = performance.now()
      await expect.poll(() => lastBegunAt, { timeout: recoveryLimitMs, interval: 5 }).toBeGreaterThan(upAt)
      expect(await useAllPlaces(db)).toHaveProperty('size', places)
    }
    await expectWholePairs()
    expect(failures.filter(({ error }) => !isOutage(error))).toEqual([])
    expect(Math.max(...failures.map(({ tookMs }) => tookMs))).toBeLessThan(recoveryLimitMs)
    expect(failures.length).toBeGreaterThan(rounds)
  }, 60_000)
})

async function expectWholePairs(): Promise<void> {
  const acknowledged = [...committed]
  const rows = await db.query<{ pair: number; halves: number }>(
    'select pair, count(*)::integer as halves from halves group by pair',
  )
  expect(rows.filter(({ halves }) => halves !== 2)).toEqual([])
  const stored = new Set(rows.map(({ pair }) => pair))
  expect(acknowledged.filter((pair) => !stored.has(pair))).toEqual([])
}
