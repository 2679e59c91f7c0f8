/** Many writers for overlapping people at once, in three collectors beside one PostgreSQL. */
import { createPostgresDb } from '@headwater/db/postgres'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import { createIngest } from '../ingest/ingest.ts'
import { OperationError } from '../operation-error.ts'
import { createSdkFiles } from '../sdk-files.ts'
import { createTestCollector, event, type TestCollector } from '../testing.ts'
import { createTokenFinder } from '../websites/find-token.ts'
import { mergeCustomers, unmergeCustomers } from './merge.ts'
import { findInconsistencies } from './testing.ts'

let collector: TestCollector
let others: { post(body: string): Promise<Response>; close(): Promise<void> }[]

beforeAll(async () => {
  const url = await freshPostgresUrl()
  collector = await createTestCollector(createPostgresDb({ url, limits }))
  others = [1, 2].map(() => createSibling(url))
})
beforeEach(() => collector.clear())
afterAll(async () => {
  await Promise.all([collector.db.close(), ...others.map(({ close }) => close())])
})

/** A busy machine may exceed the defaults. */
const limits = { callMs: 30_000, patienceMs: 60_000 }

/** Another collector on the same database. */
function createSibling(url: string) {
  const db = createPostgresDb({ url, limits })
  const { secrets, clock, errors, publicToken } = collector
  const [now, onError] = [() => clock.now, (error: unknown) => errors.push(error)]
  const app = createApp({
    db,
    secrets,
    ingest: createIngest({ db, secrets, now, onError, answerLimitMs: 30_000 }),
    tokens: createTokenFinder({ db, secrets, now }),
    sdkFiles: createSdkFiles(),
    now,
    trustedProxyHops: 0,
    isReady: () => true,
    onError,
  })
  const headers = { authorization: `Bearer ${publicToken}`, 'content-type': 'application/json' }
  return {
    post: async (body: string) => app.request('/v1/batch', { method: 'POST', body, headers }),
    close: () => db.close(),
  }
}

const at = (seconds: number) => new Date(collector.clock.now - 3_600_000 + seconds * 1_000).toISOString()
const identities = (user: string) => [{ type: 'email_hash', value: user.slice(-1).repeat(64) }]

let lastPost = 0

/** Sends a batch to each collector in turn; all of its events must be stored. */
async function send(events: object[]): Promise<void> {
  const body = JSON.stringify({ v: 1, sent_at: new Date(collector.clock.now).toISOString(), events })
  const posts = [(text: string) => collector.post(text), ...others.map(({ post }) => post)]
  lastPost += 1
  const response = await posts[lastPost % posts.length]?.(body)
  expect([response?.status, await response?.json()]).toMatchObject([200, { accepted: events.length }])
}

/** Runs all at once, in an order that differs from the order of the people. */
const inParallel = (works: (() => Promise<unknown>)[]) =>
  Promise.all(
    works
      .map((work, i) => ({ work, rank: (i * 7) % works.length }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ work }) => work()),
  )

const users = ['user-1', 'user-2', 'user-3', 'user-4', 'user-5']

/** Each person with the user ids and cookies of its events, in order. */
async function people(): Promise<string[]> {
  const rows = await collector.rows<{ who: string }>(`
    select string_agg(distinct e.name, ' ' order by e.name) as who
    from events e join customers c on c.id = e.customer_id
    group by c.canonical_id order by 1`)
  return rows.map(({ who }) => who)
}

it('50 identifies at once unite the devices of each user, and of no two', async () => {
  const devices = users.flatMap((user) =>
    Array.from({ length: 5 }, (_, i) => ({ user, device: `${user}-device-${i}` })),
  )
  const visits = devices.map(({ user, device }) => () => {
    return send([event({ name: user, anonymous_id: device, occurred_at: at(1) })])
  })
  const signIns = devices.map(({ user, device }, i) => () => {
    const more = i % 2 === 0 ? { identities: identities(user) } : {}
    return send([event({ name: user, anonymous_id: device, user_id: user, occurred_at: at(2), ...more })])
  })
  await inParallel([...visits, ...signIns])
  expect(await people()).toEqual(users)
  expect(await findInconsistencies(collector.db)).toEqual([])
  expect(collector.errors).toEqual([])
})

it('two users on one device at once stay two people; later anonymous events belong to neither', async () => {
  const pairs = users.map((user, i) => ({
    users: [user, users[(i + 1) % users.length] ?? ''],
    device: `kiosk-${i}`,
  }))
  const visits = pairs.map(
    ({ device }) =>
      () =>
        send([event({ name: device, anonymous_id: device, occurred_at: at(1) })]),
  )
  const signIns = pairs.flatMap(({ users, device }, i) =>
    users.map((user, turn) => () => {
      const occurred_at = at(i % 2 === 0 ? 10 + turn : 11 - turn)
      return send([event({ name: user, anonymous_id: device, user_id: user, occurred_at })])
    }),
  )
  await inParallel([...visits, ...signIns, ...signIns, ...signIns, ...signIns])
  await Promise.all(
    pairs.map(({ device }) => send([event({ name: 'late', anonymous_id: device, occurred_at: at(20) })])),
  )
  const persons = (await people()).filter((who) => who.includes('user') || who.includes('late'))
  for (const who of persons) expect(who.split(' ').filter((name) => /user|late/.test(name))).toHaveLength(1)
  expect(persons.filter((who) => who.includes('late'))).toHaveLength(pairs.length)
  expect(await findInconsistencies(collector.db)).toEqual([])
  expect(collector.errors).toEqual([])
})

it('identifies, merges and undone merges of the same people at once leave what their rows say', async () => {
  const devices = Array.from({ length: 12 }, (_, i) => `device-${i}`)
  for (const device of devices)
    await send([event({ name: device, anonymous_id: device, occurred_at: at(1) })])
  const ids = (await collector.rows<{ id: string }>('select id::text from customers order by id')).map(
    ({ id }) => id,
  )
  const idOf = (i: number) => ids[i % ids.length] ?? ''
  const { db, websiteId } = collector
  const orRefuse = (error: unknown) => {
    if (!(error instanceof OperationError)) throw error
  }
  const signIns = devices.flatMap((device, i) =>
    [0, 1].map((turn) => () => {
      const user_id = users[(i + turn) % users.length] ?? ''
      const more = { identities: identities(user_id), occurred_at: at(2 + turn) }
      return send([event({ name: device, anonymous_id: device, user_id, ...more })])
    }),
  )
  const merges = devices.map((_, i) => () => {
    const twoUserIds = i % 3 === 0 ? 'unite' : 'refuse'
    return mergeCustomers(db, { websiteId, from: idOf(i), into: idOf(i + 5), by: 'cli', twoUserIds }).catch(
      orRefuse,
    )
  })
  const unmerges = devices.map(
    (_, i) => () => unmergeCustomers(db, { websiteId, customer: idOf(i), by: 'cli' }),
  )
  await inParallel([...signIns, ...merges, ...unmerges, ...merges])
  expect(await findInconsistencies(db)).toEqual([])
  expect(await collector.count('events')).toBe(devices.length * 3)
  expect(collector.errors).toEqual([])
})
