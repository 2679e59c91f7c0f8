/** Which copies of a key are stored, as far as a group and the known keys decide it. */
import type { Queries } from '@headwater/db/db'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testToken } from '../../websites/testing.ts'
import { type IngestEvent, isRejected, type Judged } from '../event.ts'
import { testEvent, testRejection, testRequest } from '../testing.ts'
import { claimKeys, findStoredKeys, firstCopies, judgeKeys } from './keys.ts'

const nowhere = new Set<string>()
const ofWebsite = (websiteId: string) => testRequest({ token: testToken({ websiteId }) })
const verdictsOf = (judged: Judged[], taken: IngestEvent[] = [], storedKeys: Set<string> = nowhere) => {
  const verdicts = judgeKeys(judged, new Set(taken), storedKeys)
  return judged.map((event) => verdicts.get(event))
}

describe('of several copies of a key', () => {
  it('the first valid one may be stored, in the order of the events', () => {
    const [b, a, c] = [testEvent('b'), testEvent('a'), testEvent('c')]
    expect(firstCopies([testRejection('a'), b, a, testEvent('b'), c, testEvent('a')])).toEqual([b, a, c])
    expect(firstCopies([b, testEvent('b')])[0]).toBe(b)
  })

  it('those on two websites are two events', () => {
    const events = [testEvent('a'), testEvent('a', { request: ofWebsite('2') })]
    expect(firstCopies(events)).toEqual(events)
    expect(verdictsOf(events)).toEqual(['accepted', 'accepted'])
  })

  const [first, second] = [testEvent('a'), testEvent('a')]
  const broken = testRejection('a')
  const stored = new Set([first.copyName])

  it.each<[string, Judged[], IngestEvent[], Set<string>, string[]]>([
    [
      'the first is accepted, the second a duplicate',
      [first, second],
      [],
      nowhere,
      ['accepted', 'duplicate'],
    ],
    [
      'both are duplicates of one that was stored before',
      [first, second],
      [first],
      nowhere,
      ['duplicate', 'duplicate'],
    ],
    ['a rejected one uses up nothing', [broken, first], [], nowhere, ['rejected', 'accepted']],
    [
      'a rejected one after a valid one is its duplicate',
      [first, broken],
      [],
      nowhere,
      ['accepted', 'duplicate'],
    ],
    ['a rejected one is a duplicate of one that was stored before', [broken], [], stored, ['duplicate']],
    ['two rejected ones are rejected', [broken, testRejection('a')], [], nowhere, ['rejected', 'rejected']],
    [
      'a rejected one of another website is rejected',
      [first, testRejection('a', { request: ofWebsite('2') })],
      [],
      stored,
      ['duplicate', 'rejected'],
    ],
    [
      'those whose key cannot be read are rejected, each',
      [testRejection(), testRejection()],
      [],
      stored,
      ['rejected', 'rejected'],
    ],
  ])('%s', (_, judged, taken, storedKeys, expected) => {
    expect(verdictsOf(judged, taken, storedKeys)).toEqual(expected)
  })

  it('at most one is accepted, and only a valid one of a key that was free, whatever came before', () => {
    const copies = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c', undefined), isValid: fc.boolean() }),
    )
    const names = fc.subarray(['a', 'b', 'c'])
    fc.assert(
      fc.property(copies, names, (made, takenNames) => {
        const judged = made.map(({ name, isValid }, index) =>
          isValid && name ? testEvent(name, { index }) : testRejection(name, { index }),
        )
        const keys = takenNames.map((name) => testEvent(name).copyName)
        const taken = firstCopies(judged).filter(({ copyName }) => keys.includes(copyName))
        const verdicts = judgeKeys(judged, new Set(taken), new Set(keys))
        expect([...verdicts.keys()]).toEqual(judged)
        const accepted = judged.filter((event) => verdicts.get(event) === 'accepted')
        expect(accepted).toEqual(firstCopies(judged).filter((event) => !taken.includes(event)))
        for (const event of judged) {
          if (verdicts.get(event) !== 'rejected') continue
          const isKnown = accepted.some(
            ({ copyName, index }) => copyName === event.copyName && index < event.index,
          )
          expect([isRejected(event), isKnown, keys.includes(event.copyName ?? '')]).toEqual([
            true,
            false,
            false,
          ])
        }
      }),
    )
  })
})

/** Answers every statement with these rows, and keeps its parameters. */
function answering(rows: object[]) {
  const asked: unknown[][] = []
  const queries: Queries = {
    async query<Row>(_sql: string, params: readonly unknown[] = []) {
      asked.push([...params])
      return rows as Row[] // what the test says its statement answers with
    },
  }
  return { queries, asked }
}

describe('the database is asked', () => {
  it('for all keys in one order, whatever that of the events, and its positions count from 1', async () => {
    const events = ['c', 'a', 'b'].map((name) => testEvent(name))
    const inOrder = events.toSorted((x, y) => (x.copyName < y.copyName ? -1 : 1))
    const { queries, asked } = answering([{ position: 1 }, { position: 3 }])
    const taken = await claimKeys(
      queries,
      events.map((event, i) => ({ event, id: `${i}` })),
    )
    expect(asked).toEqual([
      ['{1,1,1}', `{${inOrder.map(({ key }) => key)}}`, `{${inOrder.map((event) => events.indexOf(event))}}`],
    ])
    expect(taken).toEqual(new Set([inOrder[0], inOrder[2]]))
  })

  it('for the keys of rejected events that have one, and not at all when none has', async () => {
    const { queries, asked } = answering([{ website_id: '1', idempotency_key: 'k' }])
    expect(await findStoredKeys(queries, [testRejection(), testRejection('a')])).toEqual(new Set(['1 k']))
    expect(asked).toEqual([['{1}', `{${testRejection('a').key}}`]])
    expect(await findStoredKeys(queries, [testRejection()])).toEqual(nowhere)
    expect(asked).toHaveLength(1)
  })
})
