import { describe, expect, it } from 'vitest'
import { identityRef } from '../../identity/customer.ts'
import { isRejected } from '../event.ts'
import { noon, testEvent, testRejection, testSession } from '../testing.ts'
import { forgetErased, forgetSessions } from './forget-erased.ts'
import type { Candidate } from './keys.ts'

const cookie = identityRef('1', 'cookie', 'c0') // of every test event
const user = identityRef('1', 'user_id', 'u1')
const erasedAt = new Map([[cookie.key, noon]])
const known = { erasedAt, ledger: new Map() }
const claimed = (events: Candidate['event'][], taken: Candidate['event'][] = []) => ({
  judged: events,
  candidates: events.map((event, i) => ({ event, id: `${i}` })),
  taken: new Set(taken),
})

describe('an event', () => {
  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])('that occurred %i ms after the erase is refused: %s', (ms, isRefused) => {
    const { judged, released, candidates } = forgetErased(
      claimed([testEvent('a', { occurredAt: noon + ms })]),
      known,
    )
    expect([isRejected(judged[0] as never), released.length, candidates.length]).toEqual(
      isRefused ? [true, 1, 0] : [false, 0, 1],
    )
  })

  it.each([
    ['user id', { user }],
    ['other identity', { others: [user] }],
  ])('is refused for its %s', (_, fields) => {
    const event = testEvent('a', { occurredAt: noon - 1, ...fields })
    expect(
      forgetErased(claimed([event]), { ...known, erasedAt: new Map([[user.key, noon]]) }).released,
    ).toHaveLength(1)
  })

  it('of another known person is stored, also on the device or with the e-mail of who was erased', () => {
    const event = testEvent('a', { occurredAt: noon - 1, user })
    const ledger = new Map([[user.key, []]])
    expect(forgetErased(claimed([event]), { erasedAt, ledger }).released).toEqual([])
    expect(forgetErased(claimed([event]), known).released).toHaveLength(1)
  })

  it('whose key was stored before remains a duplicate', () => {
    const event = testEvent('a', { occurredAt: noon - 1 })
    const { judged, released } = forgetErased(claimed([event], [event]), known)
    expect([judged, released]).toEqual([[event], []])
  })

  it('takes its copies with it, but not an invalid one', () => {
    const first = testEvent('a', { occurredAt: noon - 1 })
    const [copy, invalid] = [testEvent('a', { index: 1 }), testRejection('a', { index: 2 })]
    const group = {
      judged: [first, copy, invalid],
      candidates: [{ event: first, id: '0' }],
      taken: new Set<never>(),
    }
    const { judged } = forgetErased(group, known)
    expect(judged.map((event) => isRejected(event) && event.fault.code)).toEqual([
      'erased',
      'erased',
      'invalid_event',
    ])
  })
})

describe('a later event', () => {
  const later = testEvent('a', {
    occurredAt: noon + 5_000,
    session: testSession('s', { startedAt: noon - 1 }),
    touches: [
      { key: 'k1', type: 'landing', at: noon - 1, origin: testSession().origin },
      { key: 'k2', type: 'landing', at: noon + 5_000, origin: testSession().origin },
    ],
  })

  it('keeps what is not older than the erase', () => {
    const { candidates, hasNewSessions } = forgetErased(claimed([later]), known)
    expect(hasNewSessions).toBe(true)
    expect(candidates[0]?.event).toMatchObject({
      session: { startedAt: noon + 5_000, landingUrl: null, referrerUrl: null, isContinuation: true },
      touches: [{ key: 'k2' }],
    })
    expect(candidates[0]?.event.session?.clientId).not.toBe(later.session?.clientId)
  })

  it('is left alone when all of it is later', () => {
    const event = testEvent('a', { occurredAt: noon, session: testSession('s', { startedAt: noon }) })
    expect(forgetErased(claimed([event]), known).candidates[0]?.event).toBe(event)
  })

  it('of a session that goes on gets the same part of it as the event before', () => {
    const next = testEvent('b', { ...later, key: 'b', copyName: '1 b', occurredAt: noon + 9_000 })
    const { candidates } = forgetErased(claimed([later, next]), known)
    const [one, other] = candidates.map(({ event }) => event.session?.clientId)
    expect(one).toBe(other)
  })
})

it('a session that began before the erase is not continued', () => {
  const recent = { visitor: cookie.key, clientId: 's', lastSeenAt: noon, landingUrl: null, referrerUrl: null }
  const sessions = [noon - 1, noon].map((startedAt) => ({
    ...recent,
    startedAt,
    user: null,
    isAssigned: true,
  }))
  const known = { reported: [], stored: new Map(), recent: sessions }
  expect(forgetSessions(known, erasedAt).recent.map(({ startedAt }) => startedAt)).toEqual([noon])
})

it('a group without erased identities stays as it is', () => {
  const group = claimed([testEvent()])
  expect(forgetErased(group, { ...known, erasedAt: new Map() })).toMatchObject({
    judged: group.judged,
    candidates: group.candidates,
  })
})
