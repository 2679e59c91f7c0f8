/** What a group adds to the streams of its clients. */
import type { Verdict } from '@headwater/contract'
import { expect, it } from 'vitest'
import { testToken } from '../../websites/testing.ts'
import type { IngestRequest, Judged, StreamPosition } from '../event.ts'
import { noon, testEvent, testRejection, testRequest } from '../testing.ts'
import { streamsOf } from './save-streams.ts'

let lastKey = 0
function numbered(verdict: Verdict, position?: StreamPosition, request?: IngestRequest): [Judged, Verdict] {
  lastKey += 1
  const make = verdict === 'rejected' ? testRejection : testEvent
  return [make(`${lastKey}`, { position, request }), verdict]
}
const at = (seq: number, stream = 'page-1') => ({ stream, seq })

it('a row holds the highest number of its stream and counts what was stored and what was rejected', () => {
  const verdicts = new Map([
    numbered('accepted', at(4)),
    numbered('rejected', at(7)),
    numbered('accepted', at(2)),
    numbered('accepted', at(5)),
  ])
  expect(streamsOf(verdicts)).toEqual([
    {
      key: '1 page-1',
      websiteId: '1',
      stream: 'page-1',
      highestSeq: 7,
      stored: 3,
      rejected: 1,
      firstSeenAt: noon,
      lastSeenAt: noon,
    },
  ])
})

it('duplicates and events without a number change nothing, not even the highest number', () => {
  expect(
    streamsOf(new Map([numbered('duplicate', at(9)), numbered('accepted'), numbered('rejected')])),
  ).toEqual([])
  const [row] = streamsOf(new Map([numbered('accepted', at(1)), numbered('duplicate', at(9))]))
  expect(row).toMatchObject({ highestSeq: 1, stored: 1 })
})

it('a stream is seen from the first of its requests to the last, in whatever order they stand', () => {
  const received = (offset: number) => testRequest({ receivedAt: noon + offset })
  const verdicts = [2_000, 1_000, 3_000].map((offset, i) => numbered('accepted', at(i + 1), received(offset)))
  expect(streamsOf(new Map(verdicts))).toMatchObject([
    { firstSeenAt: noon + 1_000, lastSeenAt: noon + 3_000 },
  ])
})

it('each stream of each website has a row of its own', () => {
  const elsewhere = testRequest({ token: testToken({ websiteId: '2' }) })
  const verdicts = [
    numbered('accepted', at(1)),
    numbered('accepted', at(1, 'page-2')),
    numbered('accepted', at(1), elsewhere),
  ]
  expect(streamsOf(new Map(verdicts)).map(({ key, stored }) => [key, stored])).toEqual([
    ['1 page-1', 1],
    ['1 page-2', 1],
    ['2 page-1', 1],
  ])
})
