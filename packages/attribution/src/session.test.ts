/** States when a session ends. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { continuesSession, defaultSessionRules } from './session.ts'

const minute = 60_000
const hour = 60 * minute
const start = Date.UTC(2026, 5, 10, 10)
const seen = start + 10 * minute
const session = { startedAt: start, lastSeenAt: seen }
const spring = 'utm_campaign=spring&utm_source=news'

describe('time', () => {
  test.each([
    ['at once', seen, true],
    ['after exactly 30 minutes of silence', seen + 30 * minute, true],
    ['a millisecond later', seen + 30 * minute + 1, false],
    ['just before it was last seen, when the event is late', seen - 1, true],
    ['at its start', start, true],
    ['shortly before its start, when the clock was set back', start - 30 * minute, true],
    ['long before its start, where it would wait for the clock', start - 30 * minute - 1, false],
  ])('a session continues %s', (_, at, expected) => {
    expect(continuesSession(session, { at })).toBe(expected)
  })

  test('a session that never falls silent ends 24 hours after its start', () => {
    const busy = { startedAt: start, lastSeenAt: start + 24 * hour - minute }
    expect(continuesSession(busy, { at: start + 24 * hour })).toBe(true)
    expect(continuesSession(busy, { at: start + 24 * hour + 1 })).toBe(false)
  })

  test('both times are options', () => {
    const rules = { ...defaultSessionRules, idleMs: 1000, maxMs: 5000 }
    const short = { startedAt: 0, lastSeenAt: 4500 }
    expect(continuesSession(short, { at: 5000 }, rules)).toBe(true)
    expect(continuesSession(short, { at: 5001 }, rules)).toBe(false)
    expect(continuesSession({ startedAt: 0, lastSeenAt: 0 }, { at: 1001 }, rules)).toBe(false)
  })
})

describe('campaign', () => {
  const tagged = { ...session, campaign: spring }

  test.each([
    ['the same campaign again', tagged, spring, true],
    ['no campaign', tagged, '', true],
    ['nothing known of a campaign', tagged, undefined, true],
    ['another campaign', tagged, 'utm_source=news', false],
    ['a campaign, when the session came without', session, spring, false],
    ['a campaign, when the session came without any', { ...session, campaign: '' }, spring, false],
  ])('arriving by %s', (_, open, campaign, expected) => {
    expect(continuesSession(open, { at: seen, campaign })).toBe(expected)
  })

  test('no campaign ends a session when the option is off', () => {
    const rules = { ...defaultSessionRules, newCampaignStartsSession: false }
    expect(continuesSession(session, { at: seen, campaign: spring }, rules)).toBe(true)
  })

  test('another campaign ends a session even if another tab was seen a moment later', () => {
    expect(continuesSession(session, { at: seen - 5, campaign: spring })).toBe(false)
  })
})

describe('user', () => {
  test.each([
    ['alice', 'alice', true],
    ['alice', 'bob', false],
    ['alice', 'Alice', false],
    [undefined, 'alice', true],
    ['alice', undefined, true],
    [undefined, undefined, true],
  ])('from %s to %s', (before, after, expected) => {
    expect(continuesSession({ ...session, userId: before }, { at: seen, userId: after })).toBe(expected)
  })
})

test('whether a session continues depends on differences of time, never on the time itself', () => {
  const offset = fc.integer({ min: -2 * hour, max: 26 * hour })
  fc.assert(
    fc.property(fc.nat(24 * hour), offset, fc.integer({ min: 0, max: 2 ** 40 }), (length, later, shift) => {
      const at = (epoch: number) =>
        continuesSession({ startedAt: epoch, lastSeenAt: epoch + length }, { at: epoch + later })
      expect(at(shift)).toBe(at(0))
    }),
  )
})
