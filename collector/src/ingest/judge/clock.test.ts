import { expect, it } from 'vitest'
import { clockOffset, correctClock } from './clock.ts'

const received = Date.parse('2026-11-20T12:00:00Z')

it.each([
  ['not told', undefined, 0],
  ['right', received, 0],
  ['5 s behind, which may be the wire', received - 5_000, 0],
  ['over 5 s behind', received - 5_001, 5_001],
  ['3 h ahead', received + 10_800_000, -10_800_000],
])('a sender’s clock that is %s moves its times by the difference', (_, sentAt, offset) => {
  expect(clockOffset(received, sentAt)).toBe(offset)
})

it('a session cannot begin after its own event, nor more than a day before it', () => {
  const wire = {
    idempotency_key: 'k',
    type: 'track' as const,
    occurred_at: '2026-11-20T11:00:00Z',
    session: { id: 's', started_at: '2026-11-20T11:30:00Z' },
  }
  const { occurredAt, sessionStartedAt } = correctClock(wire, 1_000, received)
  expect(occurredAt).toBe(Date.parse('2026-11-20T11:00:01Z'))
  expect(sessionStartedAt).toBe(occurredAt)
  const endless = { ...wire, session: { id: 's', started_at: '0001-01-01T00:00:00Z' } }
  expect(correctClock(endless, 0, received).sessionStartedAt).toBe(Date.parse('2026-11-19T11:00:00Z'))
})
