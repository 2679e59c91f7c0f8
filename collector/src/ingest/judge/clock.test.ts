/** States how the times of a batch are corrected, and how long a session may last. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import type { EventSession } from '../event.ts'
import { clockOffset, correctClock, partOfSession } from './clock.ts'

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
  ['5 s behind, which may be the time on the wire', received - 5_000, 0],
  ['over 5 s behind', received - 5_001, 5_001],
  ['3 h ahead', received + 3 * hour, -3 * hour],
])('when the sender’s clock is %s, its times move by the difference', (_, sentAt, offset) => {
  expect(clockOffset(received, sentAt)).toBe(offset)
})

describe('an event', () => {
  it.each([
    ['in the past keeps its time', -hour, -hour],
    ['up to 60 s ahead happened on receipt', minute, 0],
    ['further ahead keeps its time, and is rejected for it later', minute + 1, minute + 1],
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
    ['has a second part from then on', at - 24 * hour - 1, at - 1, 1],
    ['has a part for each 24 hours', at - 71 * hour, at - 23 * hour, 2],
    ['has 30 further parts', at - 30 * 24 * hour - 1, at - 1, 30],
    ['that began longer ago than that begins with the event', at - 31 * 24 * hour - 1, at, undefined],
    ['that began in the year 1 begins with the event', Date.parse('0001-01-01T00:00:00Z'), at, undefined],
  ])('%s', (_, startedAt, sessionStartedAt, sessionPart) => {
    expect(timesOf(at, startedAt)).toEqual({ occurredAt: at, sessionStartedAt, sessionPart, touchedAt: [] })
  })
})

describe('the part of a session', () => {
  const session: EventSession = {
    clientId: '0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b',
    startedAt: received - 71 * hour,
    landingUrl: 'https://shop.example/',
    referrerUrl: null,
    origin: { source: { utm: {}, isDirect: true } },
  }
  const partAt = (before: number) => partOfSession(session, timesOf(received - before, session.startedAt))

  it('is the session itself for the first 24 hours', () => {
    expect(partAt(71 * hour)).toBe(session)
    expect(partAt(47 * hour)).toBe(session)
  })

  it('is a session of its own after that, the same for all events of 24 hours', () => {
    const ids = [46, 24, 23, 22, 1].map((hours) => partAt(hours * hour).clientId)
    expect(new Set([session.clientId, ...ids]).size).toBe(3)
    expect(ids).toEqual([ids[0], ids[0], ids[0], ids[3], ids[3]])
  })

  it('begins with its event and leaves no landing touch, but keeps where the visitor came from', () => {
    const { clientId, ...part } = partAt(hour)
    const { clientId: _, ...whole } = session
    expect(clientId).toMatch(/^[0-9a-f-]{36}$/)
    expect(part).toEqual({ ...whole, startedAt: received - hour, isContinuation: true })
  })

  it('is never longer than 24 hours', () => {
    const bounds = new Map<string, number[]>()
    for (let before = 71 * hour; before >= 0; before -= 10 * minute) {
      const { clientId } = partAt(before)
      bounds.set(clientId, [...(bounds.get(clientId) ?? []), before])
    }
    for (const times of bounds.values())
      expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(24 * hour)
  })
})
