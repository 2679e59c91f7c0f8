/** Whether the table counts correctly. */
import { expect, test } from 'vitest'
import { numbersIn, recoveryIn, repetitionsIn, rowOf, tableOf } from './delivery-table.ts'
import type { BatchRequest } from './faulty-proxy.ts'

/** A batch of events with these numbers, from `startedAt` on for 10 ms. */
const batch = (startedAt: number, numbers: number[], isStored = true): BatchRequest => ({
  token: 'hw_pub_x',
  events: numbers.map((n) => ({
    idempotency_key: `k${n}`,
    type: 'track',
    name: 'e',
    occurred_at: '2026-11-20T12:00:00.000Z',
    props: { n },
  })),
  bytes: 100,
  isGzip: false,
  startedAt,
  endedAt: startedAt + 10,
  isStored,
})

test('only what the collector has accepted counts as stored', () => {
  expect(numbersIn([batch(0, [1, 2]), batch(1, [3], false)])).toEqual(new Set([1, 2]))
})

test('an event counts as sent again when the collector gets it twice, not when the first attempt failed', () => {
  const batches = [batch(0, [1, 2], false), batch(1, [1, 2]), batch(2, [2, 3]), batch(3, [2])]
  expect(repetitionsIn(batches)).toEqual({ sentAgain: 2, mostSentAgain: 2 })
})

test('an outage counts the requests within it, and the drain those after it, up to the last stored event', () => {
  const batches = [batch(0, [1]), batch(10, [2], false), batch(19, [2], false), batch(25, [2]), batch(40, [])]
  const counts = { outageRequests: 2, drainMs: 15, drainRequests: 1 }
  expect(recoveryIn(batches, { from: 10, to: 20 })).toEqual(counts)
})

test('without an outage there is nothing to recover from', () => {
  const counts = { outageRequests: 0, drainMs: 0, drainRequests: 0 }
  expect(recoveryIn([batch(0, [1])], { from: Infinity, to: Infinity })).toEqual(counts)
})

test('a row shows what happened to the events, in columns as wide as needed', () => {
  const counts = { sent: 200, lost: 1, storedTwice: 0, sentAgain: 50, mostSentAgain: 1 }
  const row = rowOf('two tabs', { ...counts, outageRequests: 4, drainMs: 1_250, drainRequests: 5 })
  expect(tableOf([row]).split('\n')).toEqual([
    'scenario  sent  lost  stored twice  sent again  in outage  drained   ',
    'two tabs  200   1     0             50 (25 %)   4          1.3 s in 5',
  ])
})
