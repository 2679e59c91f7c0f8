/** States when midnight lies between two moments. */
import { expect, test } from 'vitest'
import { crossesMidnight } from './midnight.ts'

test.each([
  ['2026-06-10T23:50Z', '2026-06-11T00:10Z', 'UTC', true],
  ['2026-06-10T23:50Z', '2026-06-11T00:10Z', 'Europe/Paris', false],
  ['2026-06-10T21:55Z', '2026-06-10T22:05Z', 'Europe/Paris', true],
  ['2026-12-10T21:55Z', '2026-12-10T22:05Z', 'Europe/Paris', false],
  ['2026-12-10T22:59Z', '2026-12-10T23:00Z', 'Europe/Paris', true],
  ['2026-06-10T18:29Z', '2026-06-10T18:30Z', 'Asia/Kolkata', true],
  ['2026-06-10T10:00Z', '2026-07-10T10:00Z', 'UTC', true],
  ['2026-06-10T10:00Z', '2027-06-10T10:00Z', 'UTC', true],
  ['2026-06-11T00:10Z', '2026-06-10T23:50Z', 'UTC', true],
  ['2026-03-29T00:30Z', '2026-03-29T01:30Z', 'Europe/Paris', false],
])('between %s and %s in %s: %s', (a, b, timeZone, expected) => {
  expect(crossesMidnight(Date.parse(a), Date.parse(b), timeZone)).toBe(expected)
})

test('an unknown time zone is a RangeError', () => {
  expect(() => crossesMidnight(0, 1, 'Mars/Olympus')).toThrow(RangeError)
})
