/** States how visitor and session look as a short text, and when that text is used. */
import { defaultSessionRules } from '@headwater/attribution/session'
import { noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { State, VisitorSession } from '../records.ts'
import { formatIdRecord, withIdRecord } from './id-record.ts'
import { settle } from './state.ts'

const session: VisitorSession = {
  id: 's1',
  startedAt: 10,
  userId: 'u1',
  landingUrl: 'https://shop.example/?utm_source=news',
}
const touches = [{ session_id: 's1', occurred_at: '2026-11-20T12:00:00.000Z' }]
const state: State = { v: 2, anonymousId: 'a1', userId: 'u1', seenAt: 20, session, touches }

describe('the text', () => {
  test.each<[string, State, string]>([
    ['has the visitor, the session, its start and the last time', state, '1.a1.s1.10.20'],
    ['has gaps without a session', { v: 2, anonymousId: 'a1', seenAt: 20 }, '1.a1...20'],
  ])('%s', (_, given, expected) => {
    expect(formatIdRecord(given)).toBe(expected)
  })

  test('contains neither the user nor the touches', () => {
    expect(formatIdRecord(state)).not.toMatch(/u1|news|shop/)
  })

  test('can be read again: a device that knows nothing else continues the same session', () => {
    const known = withIdRecord(undefined, formatIdRecord(state))
    expect(known).toEqual({
      v: 2,
      anonymousId: 'a1',
      seenAt: 20,
      session: { id: 's1', startedAt: 10 },
    })
  })
})

describe('with storage and record', () => {
  test.each<[string, string | undefined]>([
    ['the storage wins without a record', undefined],
    ['the storage wins if it is later', '1.a2.s2.10.19'],
    ['the storage wins if both have the same time', '1.a2.s2.10.20'],
  ])('%s', (_, record) => {
    expect(withIdRecord(state, record)).toBe(state)
  })

  test('a later record of the same session keeps the stored state, with the later time', () => {
    expect(withIdRecord(state, '1.a1.s1.10.25')).toEqual({ ...state, seenAt: 25 })
  })

  test('a later session of the same visitor keeps user and touches, but has no landing', () => {
    expect(withIdRecord(state, '1.a1.s2.22.25')).toEqual({
      ...state,
      seenAt: 25,
      session: { id: 's2', startedAt: 22 },
    })
  })

  test('a later record of another visitor keeps nothing', () => {
    expect(withIdRecord(state, '1.a2.s2.22.25')).toEqual({
      v: 2,
      anonymousId: 'a2',
      seenAt: 25,
      session: { id: 's2', startedAt: 22 },
    })
  })

  test('a record without a session, as after a reset, ends the session', () => {
    expect(withIdRecord(state, '1.a2...25')).toEqual({
      v: 2,
      anonymousId: 'a2',
      seenAt: 25,
      session: undefined,
    })
  })
})

test.each([
  '',
  'garbage',
  '1.a2.s2.22',
  '1.a2.s2.22.',
  '1..s2.22.25',
  '1.a2.s2.22.25.9',
  '1.a2.s2.x.25',
  '1.a2.s2.22.2e9',
  '1.a2.s2.22.-25',
  '1.a 2.s2.22.25',
  '1.<a>.s2.22.25',
  '2.a2.s2.22.25',
  ' 1.a2.s2.22.25',
])('%j is not an id record', (record) => {
  expect(withIdRecord(state, record)).toBe(state)
  expect(withIdRecord(undefined, record)).toBeUndefined()
})

test('a session with an unreadable start ends with the next event', () => {
  const known = withIdRecord(undefined, `1.a2.s2..${noon}`)
  const occurred_at = new Date(noon).toISOString()
  const event = { idempotency_key: 'k1', type: 'page', occurred_at, url: 'https://shop.example/' } as const
  const { state } = settle(known, [{ event }], { newId: 'new', rules: defaultSessionRules })
  expect(state).toMatchObject({ anonymousId: 'a2', session: { id: 'k1', startedAt: noon } })
})
