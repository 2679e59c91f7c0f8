/** What a commit does about each way in which the database can refuse. */
import type { Db, Transaction } from '@headwater/db/db'
import { Problem } from '@headwater/server/problem'
import { beforeEach, describe, expect, it } from 'vitest'
import { createSecrets } from '../../secrets.ts'
import { testToken } from '../../websites/testing.ts'
import type { EventTouch, IngestEvent, Judged, Origin, OriginIds } from '../event.ts'
import { isRejected } from '../event.ts'
import { direct, noon, testEvent, testRejection, testRequest, testSession } from '../testing.ts'
import { createCommit, type JudgedBatch } from './commit.ts'

const failure = (code: string | undefined, message = 'refused') => Object.assign(new Error(message), { code })
const noPartition = () => failure('23514', 'no partition of relation "events" found for row')
const conflict = () => failure('40001')

/** Of the next transactions; undefined: none. */
let nextFailures: (Error | undefined)[]
/** The names of events that the database refuses, and of those that cut its connection. */
let refused: string[]
let cutting: string[]
let commits: number
let transactions: number
let openIds: number
let ensured: number[][]
let forgotten: number
let resolved: { websiteId: string; origin: Origin }[]
let errors: unknown[]

beforeEach(() => {
  nextFailures = []
  refused = []
  cutting = []
  commits = 0
  transactions = 0
  openIds = 0
  ensured = []
  forgotten = 0
  resolved = []
  errors = []
})

const noOriginIds: OriginIds = {
  source: null,
  medium: null,
  campaign: null,
  term: null,
  content: null,
  referrerDomain: null,
  landingPage: null,
}

/** Identities that never had an owner, as select_identity_owners.sql answers: one for each position. */
const unownedIdentities = (params: readonly unknown[]) =>
  `${params[3]}`.match(/\d+/g)?.map((position) => ({
    position: Number(position),
    identity_id: position,
    customer_id: null,
  })) ?? []

/** Knows no event, and takes all but those that it refuses. */
const db = {
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    transactions += 1
    const next = nextFailures.shift()
    if (next) throw next
    const holds = (params: readonly unknown[], names: string[]) =>
      names.some((name) => params.some((param) => String(param).includes(`"${name}"`)))
    let code: string | undefined
    return work({
      async query<Row>(sql: string, params: readonly unknown[] = []) {
        if (holds(params, refused)) code = '22P05'
        if (holds(params, cutting)) code = '08006'
        if (code) throw failure(code)
        return (sql.includes('customer_identity_links l') ? unownedIdentities(params) : []) as Row[]
      },
      async commit() {
        if (!code) commits += 1
      },
    })
  },
} as Partial<Db> as Db // commit asks nothing else of it

const commit = createCommit({
  db,
  secrets: createSecrets('pepper'),
  partitions: {
    async ensure(instants) {
      ensured.push([...instants])
    },
    forget() {
      forgotten += 1
    },
  },
  dimensions: {
    async resolve(origins) {
      resolved.push(...origins)
      return () => noOriginIds
    },
  },
  async reserveIds(events) {
    openIds += 1
    let last = 0
    const next = () => String(++last)
    const release = () => {
      openIds -= 1
    }
    expect(events.every((event) => !isRejected(event))).toBe(true)
    return { event: next, customer: next, session: next, release }
  },
  onError: (error) => errors.push(error),
})

/** The events become those of one request. */
function batchOf(judged: Judged[], id = 'r1'): JudgedBatch {
  const request = testRequest({ id, token: judged[0]?.request.token ?? testToken() })
  for (const event of judged) event.request = request
  return { request, judged }
}
const named = (name: string) => testEvent(name, { wire: { name } })
const problemOf = (batches: JudgedBatch[]) =>
  commit(batches).then(
    () => undefined,
    (error: unknown) => error,
  )

it('an event is stored by one transaction, and its ids are not held longer', async () => {
  const event = named('a')
  const [stored] = await commit([batchOf([event])])
  expect(stored?.verdicts.get(event)).toBe('accepted')
  expect([transactions, commits, openIds, errors]).toEqual([1, 1, 0, []])
})

it('each batch of a group is answered with its own events, in their order', async () => {
  const batches = [
    batchOf([named('a'), testRejection('b')], 'r1'),
    batchOf([named('c')], 'r2'),
    batchOf([], 'r3'),
  ]
  const stored = await commit(batches)
  expect(stored.map(({ request }) => request.id)).toEqual(['r1', 'r2', 'r3'])
  expect(stored.map(({ judged }) => judged)).toEqual(batches.map(({ judged }) => judged))
  expect(transactions).toBe(1)
})

describe('before its transaction, a group', () => {
  it('makes the partitions that its valid events need', async () => {
    await commit([
      batchOf([testEvent('a', { occurredAt: 1 }), testRejection('b')]),
      batchOf([testEvent('c', { occurredAt: 2 })]),
    ])
    expect(ensured).toEqual([[1, 2]])
  })

  it('has the ids of every origin of its events looked up, once for each object', async () => {
    const origins = Array.from({ length: 5 }, (): Origin => ({ ...direct }))
    const [reported, arrived, touched, earlier, opened] = origins as [Origin, Origin, Origin, Origin, Origin]
    const touch: EventTouch = { key: 'k', type: 'landing', at: noon, origin: touched }
    const session = testSession('s', { origin: reported })
    const arrival = testSession('t', { origin: arrived })
    const events: IngestEvent[] = [
      testEvent('a', { session, touches: [touch] }),
      testEvent('b', { session, arrival: testSession('u', { origin: opened }) }),
      testEvent('d', {
        earlierTouches: [{ ...touch, origin: earlier, session: testSession('v', { origin: earlier }) }],
      }),
    ]
    const elsewhere = testRequest({ token: testToken({ websiteId: '2' }) })
    await commit([batchOf(events), batchOf([testEvent('c', { arrival, request: elsewhere })])])
    expect(resolved).toHaveLength(4) // a session that is reported wins over one that would be opened
    for (const [websiteId, origin] of [
      ['1', reported],
      ['1', touched],
      ['2', arrived],
      ['1', earlier],
    ] as const)
      expect(resolved.filter((one) => one.origin === origin)).toEqual([{ websiteId, origin }])
  })
})

describe('a transaction that fails', () => {
  it.each<[string, () => Error, number, number]>([
    ['with a serialization failure', conflict, 1, 2],
    ['with a deadlock', () => failure('40P01'), 2, 3],
    ['because a row it refers to is gone', () => failure('23503'), 2, 3],
    ['because a partition is missing', noPartition, 2, 3],
  ])('%s is repeated, up to three times in all', async (_, make, failures, expected) => {
    nextFailures = Array.from({ length: failures }, make)
    const event = named('a')
    expect((await commit([batchOf([event])]))[0]?.verdicts.get(event)).toBe('accepted')
    expect([transactions, commits, openIds, errors]).toEqual([expected, 1, 0, []])
  })

  it('because a partition is missing makes it again, and only then are known partitions forgotten', async () => {
    nextFailures = [conflict(), failure('23503')]
    await commit([batchOf([named('a')])])
    expect(forgotten).toBe(0)
    nextFailures = [noPartition(), noPartition()]
    await commit([batchOf([named('a')])])
    expect(forgotten).toBe(2)
    expect(ensured).toHaveLength(6) // before every attempt
  })

  it.each<[string, Error, number]>([
    ['with a third conflict', conflict(), 3],
    ['with a third deadlock', failure('40P01'), 3],
    ['because a statement was cancelled', failure('57014'), 1],
    ['because its connection is lost', failure('08006'), 1],
    ['because a table is missing', failure('42P01'), 1],
    ['with an error that is not of the database', failure(undefined), 1],
    ['with a code of the system', failure('ECONNREFUSED'), 1],
  ])(
    '%s is answered with the Problem unavailable, which asks for the same events again',
    async (_, error, expected) => {
      nextFailures = Array.from({ length: 3 }, () => error)
      const problem = await problemOf([batchOf([named('a')])])
      expect(problem).toBeInstanceOf(Problem)
      expect(problem).toMatchObject({ code: 'unavailable', retryAfterS: 2, cause: error })
      expect([transactions, commits, openIds, errors]).toEqual([expected, 0, 0, []])
    },
  )
})

describe('an event that only the database refuses', () => {
  const valid = ['a', 'b', 'c', 'd', 'e', 'f'].map(named)

  it('becomes a rejection in its place, and the others are stored', async () => {
    const poisoned = named('poison')
    refused = ['poison']
    const judged = [valid[0], testRejection('x'), poisoned, valid[1]] as Judged[]
    const [first, second] = await commit([batchOf(judged, 'r1'), batchOf([valid[2] as Judged], 'r2')])
    expect(first?.judged.map((event, i) => (i === 2 ? 'replaced' : event === judged[i]))).toEqual([
      true,
      true,
      'replaced',
      true,
    ])
    expect(first?.judged[2]).toMatchObject({ key: poisoned.key, fault: { code: 'unstorable' } })
    expect(first?.judged.map((event) => first.verdicts.get(event))).toEqual([
      'accepted',
      'rejected',
      'rejected',
      'accepted',
    ])
    expect(second?.judged).toEqual([valid[2]])
    expect([commits, openIds]).toEqual([1, 0]) // trials do not commit
  })

  it('is reported as an error once, with what the database said', async () => {
    refused = ['poison']
    await commit([batchOf([named('poison'), ...valid])])
    expect(errors).toMatchObject([{ code: '22P05' }])
  })

  it('costs a batch beside it one trial', async () => {
    refused = ['poison']
    await commit([batchOf([named('poison')], 'r1'), batchOf(valid, 'r2')])
    expect(transactions).toBe(1 + 1 + 1 + 1) // the group, a trial for each batch, the group without it
  })

  it('is not searched for where all events were rejected before', async () => {
    nextFailures = [failure('22003')]
    await commit([batchOf([testRejection('x')])])
    expect([transactions, commits]).toEqual([2, 1])
  })

  it.each([
    ['a value out of range', failure('22003')],
    ['a violated check', failure('23514', 'violates check constraint "event_is_not_poison"')],
    ['a missing value', failure('23502')],
    ['a value too large for an index', failure('54000')],
  ])('is searched for after %s, at once', async (_, error) => {
    nextFailures = [error]
    await commit([batchOf(valid)])
    expect([transactions, errors]).toEqual([3, [error]]) // the group, a trial that finds nothing, the group
  })

  it.each([
    ['a partition that stays missing', noPartition(), 3],
    ['a reference that stays missing', failure('23503'), 3],
  ])('is searched for after %s', async (_, error, attempts) => {
    nextFailures = Array.from({ length: attempts }, () => error)
    await commit([batchOf(valid)])
    expect([transactions, commits, errors]).toEqual([attempts + 2, 1, [error]])
  })

  it('is not confused with one whose trial meets a conflict: the trial is repeated', async () => {
    nextFailures = [failure('22003'), conflict(), failure('23503')]
    const [stored] = await commit([batchOf(valid)])
    expect(valid.map((event) => stored?.verdicts.get(event))).toEqual(valid.map(() => 'accepted'))
    expect([transactions, commits]).toEqual([5, 1]) // the group, a trial at its third attempt, the group
  })

  it('is not taken for one where the search itself fails: nothing is known to be stored', async () => {
    refused = ['poison']
    cutting = ['cut']
    const problem = await problemOf([batchOf([named('poison')], 'r1'), batchOf([named('cut')], 'r2')])
    expect(problem).toMatchObject({ code: 'unavailable', cause: { code: '08006' } })
    expect([commits, openIds]).toEqual([0, 0])
  })

  it('leaves the rest to be repeated after a conflict, three times in all', async () => {
    const event = named('a')
    nextFailures = [failure('22003'), undefined, conflict(), conflict()]
    const [stored] = await commit([batchOf([event])])
    expect([stored?.verdicts.get(event), transactions, commits]).toEqual(['accepted', 5, 1])
  })
})
