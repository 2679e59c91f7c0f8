/** How the times of a batch are corrected, and how long a session may last. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { clockOffset, correctClock } from './clock.ts'

const received = Date.parse('2026-11-20T12:00:00Z')
const [minute, hour] = [60_000, 3_600_000]

const timesOf = (occurredAt: number, startedAt: number, offset = 0) => {
  const wire: WireEvent = {
    idempotency_key: 'k',
    type: 'track',
    occurred_at: new Date(occurredAt).toISOString(),
    session: { id: 's', started_at: new Date(startedAt).toISOString() },
  }
  return correctClock(wire, offset, received)
}

it.each([
  ['not sent', undefined, 0],
  ['right', received, 0],
  ['5 s behind, which may be network latency', received - 5_000, 0],
  ['over 5 s behind', received - 5_001, 5_001],
  ['3 h ahead', received + 3 * hour, -3 * hour],
])('if the sender’s clock is %s, its times are shifted by the difference', (_, sentAt, offset) => {
  expect(clockOffset(received, sentAt)).toBe(offset)
})

describe('an event', () => {
  it.each([
    ['in the past keeps its time', -hour, -hour],
    ['up to 60 s ahead counts as happening on receipt', minute, 0],
    ['further ahead keeps its time, and is rejected later', minute + 1, minute + 1],
  ])('%s', (_, ahead, expected) => {
    expect(timesOf(received + ahead, received - hour).occurredAt).toBe(received + expected)
  })

  it('without a session starts when it happens', () => {
    const wire = { idempotency_key: 'k', type: 'page' as const, occurred_at: '2026-11-20T11:00:00Z' }
    expect(correctClock(wire, 1_000, received)).toEqual({
      occurredAt: received - hour + 1_000,
      sessionStartedAt: received - hour + 1_000,
      touchedAt: [],
    })
  })
})

describe('a session', () => {
  const at = received - hour

  it.each<[string, startedAt: number, expected: number, part: number | undefined]>([
    ['begins when its client says', at - hour, at - hour, undefined],
    ['cannot begin after its own event', at + hour, at, undefined],
    ['lasts 24 hours', at - 24 * hour, at - 24 * hour, undefined],
    ['has a second part after 24 hours', at - 24 * hour - 1, at - 1, 1],
    ['has a part for each 24 hours', at - 71 * hour, at - 23 * hour, 2],
    ['has 30 further parts', at - 30 * 24 * hour - 1, at - 1, 30],
    ['that began longer ago begins with the event', at - 31 * 24 * hour - 1, at, undefined],
    ['that began in the year 1 begins with the event', Date.parse('0001-01-01T00:00:00Z'), at, undefined],
  ])('%s', (_, startedAt, sessionStartedAt, sessionPart) => {
    expect(timesOf(at, startedAt)).toEqual({ occurredAt: at, sessionStartedAt, sessionPart, touchedAt: [] })
  })
})
