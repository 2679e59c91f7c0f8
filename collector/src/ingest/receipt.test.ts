/** What a sender reads about its batch. */
import type { Verdict } from '@headwater/contract'
import { expect, it } from 'vitest'
import type { StoredBatch } from './commit/commit.ts'
import type { Judged } from './event.ts'
import { writeReceipt } from './receipt.ts'
import { noon, testEvent, testRejection, testRequest } from './testing.ts'

const fault = { code: 'field_required', path: 'name', message: 'Send a name.' } as const
const stored = testEvent('stored', { index: 0 })
const known = testEvent('known', { index: 1 })
const broken = testRejection('broken', { index: 2, fault })
const brokenCopy = testRejection('known', { index: 3, fault })
const unread = testRejection(undefined, {
  index: 4,
  fault: { code: 'invalid_event', message: 'Send an object.' },
})
const repeated = testEvent('repeated', { index: 5 })

const all: [Judged, Verdict][] = [
  [stored, 'accepted'],
  [known, 'duplicate'],
  [broken, 'rejected'],
  [brokenCopy, 'duplicate'],
  [unread, 'rejected'],
  [repeated, 'accepted'],
]
const batch = (entries = all): StoredBatch => ({
  request: testRequest({ id: 'r7', receivedAt: noon }),
  judged: entries.map(([event]) => event),
  verdicts: new Map(all),
  repeatedConversions: new Set([repeated]),
})

const listed = [
  { index: 1, idempotency_key: 'known', status: 'duplicate' },
  { index: 2, idempotency_key: 'broken', status: 'rejected', ...fault },
  { index: 3, idempotency_key: 'known', status: 'duplicate' },
  {
    index: 4,
    idempotency_key: undefined,
    status: 'rejected',
    code: 'invalid_event',
    message: 'Send an object.',
  },
  { index: 5, idempotency_key: 'repeated', status: 'accepted', conversion: 'duplicate' },
]

it('a receipt counts every verdict, and lists what was not plainly accepted, in the order of the batch', () => {
  expect(writeReceipt(batch())).toEqual({
    request_id: 'r7',
    received_at: '2026-11-20T12:00:00.000Z',
    accepted: 2,
    duplicate: 2,
    rejected: 2,
    results: listed,
  })
})

it('a verbose receipt lists what was accepted too', () => {
  const { results } = writeReceipt(batch(), { isVerbose: true })
  expect(results).toEqual([{ index: 0, idempotency_key: 'stored', status: 'accepted' }, ...listed])
})

it('a receipt counts the events of its own batch only, and an empty one has zeros', () => {
  expect(writeReceipt(batch(all.slice(1, 2)))).toMatchObject({ accepted: 0, duplicate: 1, rejected: 0 })
  expect(writeReceipt(batch([]))).toMatchObject({ accepted: 0, duplicate: 0, rejected: 0, results: [] })
})

it('an event without a verdict has no receipt: it is never taken for stored', () => {
  expect(() => writeReceipt(batch([[testEvent('forgotten', { index: 3 }), 'accepted']]))).toThrow(
    'Event 3 of the batch',
  )
})
