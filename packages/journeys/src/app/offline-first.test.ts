/** Kills an app and its network at bad moments, and counts what a real collector has stored. */
import { randomUUID } from 'node:crypto'
import { temporaryFolder } from '@headwater/testkit/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answering,
  breakOff,
  type FaultyProxy,
  loseAnswer,
  startFaultyProxy,
} from '../browser/faulty-proxy.ts'
import { type Ground, openGround } from './ground.ts'
import { bundleApp, createPhone, type Phone } from './phone.ts'

let ground: Ground
let proxy: FaultyProxy
let app: string

beforeAll(async () => {
  ground = await openGround()
  proxy = await startFaultyProxy(ground.collector.url, ground.token)
  app = await bundleApp(await temporaryFolder())
})
afterAll(async () => {
  await proxy?.close()
  await ground?.close()
})

/** A phone with an app that was just installed. */
async function unpack(): Promise<Phone> {
  await ground.sql`truncate events, event_dedup_keys`
  proxy.batches.length = 0
  return createPhone(app, {
    folder: `${await temporaryFolder()}/${randomUUID()}`,
    token: ground.token,
    endpoint: proxy.endpoint,
  })
}

/** How often each of so many events is stored: an empty list where each is stored once. */
async function faults(count: number): Promise<string[]> {
  const rows = await ground.sql<{ n: number; times: number }[]>`
    select (props->>'n')::int as n, count(*)::int as times from events where name = 'e' group by 1`
  const times = new Map(rows.map((row) => [row.n, row.times]))
  return Array.from({ length: count }, (_, n) => n)
    .filter((n) => times.get(n) !== 1)
    .map((n) => `${n}: ${times.get(n) ?? 0} times`)
}

const offline = (): Promise<void> => proxy.refuse()
const online = async (answering: Answering = (_, forward) => forward()): Promise<void> => {
  proxy.answer(answering)
  await proxy.listen()
}

describe('no event is lost or stored twice', () => {
  test('by an app that is killed before its first flush', async () => {
    const phone = await unpack()
    await phone.start()
    await phone.tell({ name: 'track', from: 0, count: 50 })
    await expect.poll(phone.waiting).toHaveLength(50)
    await phone.kill()
    expect(proxy.batches).toEqual([])
    await phone.start()
    await phone.tell({ name: 'flush' })
    expect(await faults(50)).toEqual([])
    expect(await phone.waiting()).toEqual([])
    await phone.kill()
  })

  test('when there is no network at the first start, nor at the second', async () => {
    const phone = await unpack()
    await offline()
    for (const start of [0, 1]) {
      await phone.start()
      await phone.tell({ name: 'track', from: start * 20, count: 20 })
      await phone.tell({ name: 'flush' })
      await phone.kill()
    }
    await online()
    await phone.start()
    await phone.tell({ name: 'flush' })
    expect(await faults(40)).toEqual([])
    await phone.kill()
  })

  test('of 3,000 that have waited for the network over a restart; they go in 30 requests', async () => {
    const phone = await unpack()
    await offline()
    await phone.start()
    for (let from = 0; from < 3_000; from += 500) {
      await phone.tell({ name: 'track', from, count: 500 })
      await phone.tell({ name: 'flush' })
    }
    expect(await phone.waiting()).toHaveLength(3_000)
    await phone.kill()
    await online()
    await phone.start()
    expect(await phone.tell({ name: 'flush' })).toBe(0)
    expect(await faults(3_000)).toEqual([])
    expect(proxy.batches).toHaveLength(30)
    await phone.kill()
  }, 60_000)

  test.each<[string, Answering]>([
    ['before the collector has the events', breakOff],
    ['after it has stored them', loseAnswer],
  ])('when airplane mode is switched on during a flush, %s', async (_, fault) => {
    const phone = await unpack()
    await phone.start()
    await phone.tell({ name: 'track', from: 0, count: 300 })
    let count = 0
    await online((batch, forward) => (++count % 2 === 0 ? fault(batch, forward) : forward()))
    for (let attempt = 0; attempt < 6; attempt++) await phone.tell({ name: 'flush' })
    await online()
    await phone.tell({ name: 'flush' })
    expect(await faults(300)).toEqual([])
    expect(await phone.waiting()).toEqual([])
    await phone.kill()
  })

  test('by an app that is killed while it sends, each time at another request', async () => {
    const phone = await unpack()
    for (let round = 0; round < 5; round++) {
      let count = 0
      const asked = new Promise<void>((resolve) => {
        online((_, forward) => {
          if (++count <= round % 3) return forward()
          resolve()
          return forward().then(() => new Promise(() => {})) // stored, and never answered
        })
      })
      await phone.start()
      await phone.tell({ name: 'track', from: round * 200, count: 200 })
      await asked
      await expect
        .poll(async () => (await stored()) + (await phone.waiting()).length)
        .toBeGreaterThanOrEqual((round + 1) * 200)
      await phone.kill()
    }
    await online()
    await phone.start()
    await phone.tell({ name: 'flush' })
    expect(await faults(1_000)).toEqual([])
    await phone.kill()
  }, 60_000)

  test('when it is left for another app at the same time, and killed there', async () => {
    const phone = await unpack()
    await online(loseAnswer)
    await phone.start()
    await phone.tell({ name: 'track', from: 0, count: 30 })
    await phone.tell({ name: 'leave' })
    await expect.poll(phone.waiting).toHaveLength(30)
    await phone.kill()
    await online()
    await phone.start()
    await phone.tell({ name: 'flush' })
    expect(await faults(30)).toEqual([])
    await phone.kill()
  })

  test('when storage refuses to write for a while, or for good', async () => {
    const phone = await unpack()
    await offline()
    await phone.start()
    await phone.tell({ name: 'track', from: 0, count: 40 })
    await phone.tell({ name: 'flush' })
    await phone.tell({ name: 'refuseWrites' })
    await phone.tell({ name: 'track', from: 40, count: 40 })
    await phone.tell({ name: 'flush' })
    await phone.tell({ name: 'allowWrites' })
    await phone.tell({ name: 'track', from: 80, count: 40 })
    await phone.tell({ name: 'flush' })
    expect(await phone.waiting()).toHaveLength(120)
    await phone.tell({ name: 'refuseWrites' })
    await phone.tell({ name: 'track', from: 120, count: 40 })
    await online()
    expect(await phone.tell({ name: 'flush' })).toBe(0)
    expect(await faults(160)).toEqual([])
    await phone.kill() // storage still has what it could not delete
    await phone.start()
    await phone.tell({ name: 'flush' })
    expect(await faults(160)).toEqual([])
    await phone.kill()
  })
})

async function stored(): Promise<number> {
  const [row] = await ground.sql<
    { count: number }[]
  >`select count(*)::int as count from events where name = 'e'`
  return row?.count ?? 0
}
