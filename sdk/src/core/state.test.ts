/** States which visitor and which visit an event gets. */
import { noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { Draft, Reset } from './event.ts'
import { type State, settle } from './state.ts'

const minute = 60_000
const day = 24 * 60 * minute
const shop = 'https://shop.example/'
const ad = `${shop}?utm_source=Google&utm_medium=cpc&gclid=X1`
const otherAd = `${shop}?utm_source=news`

/** A draft at so many ms after noon; its key names its time. By default the third event of a page load. */
function draft(ms: number, more: Partial<Draft['event']> & { referrer?: string } = {}): Draft {
  const { referrer, ...fields } = more
  const occurred_at = new Date(noon + ms).toISOString()
  const event = {
    idempotency_key: `k${ms}`,
    type: 'track',
    seq: 3,
    url: shop,
    occurred_at,
    ...fields,
  } as const
  return { event, referrer }
}
const page = (ms: number, url: string) => draft(ms, { type: 'page', url })
const identify = (ms: number, userId: string) => draft(ms, { type: 'identify', user_id: userId })
const settleAll = (stored: State | undefined, ...entries: (Draft | Reset)[]) => settle(stored, entries, 'new')
const sessionIds = (stored: State | undefined, ...entries: (Draft | Reset)[]) =>
  settleAll(stored, ...entries).events.map(({ session }) => session?.id)

describe('the visitor', () => {
  test('who is new gets the new id; who is known keeps theirs', () => {
    const { state } = settleAll(undefined, draft(0))
    expect(state.anonymousId).toBe('new')
    expect(settle(state, [draft(1)], 'newer').events[0]?.anonymous_id).toBe('new')
  })

  test('a state of a version that we cannot read counts as none', () => {
    const foreign = { v: 2, anonymousId: 'a' } as unknown as State
    expect(settleAll(foreign, draft(0)).state).toMatchObject({ v: 1, anonymousId: 'new' })
  })

  test('who was identified is named from that event on, and not before', () => {
    const { state, events } = settleAll(undefined, draft(0), identify(1, 'u1'), draft(2))
    expect(events.map(({ user_id }) => user_id)).toEqual([undefined, 'u1', 'u1'])
    expect(state.userId).toBe('u1')
  })

  test('after a reset it is someone else, whom nobody has named, in another session', () => {
    const { events } = settleAll(undefined, identify(0, 'u1'), { anonymousId: 'a2' }, draft(1))
    expect(events[1]).toMatchObject({ anonymous_id: 'a2', user_id: undefined, session: { id: 'k1' } })
    expect(events).toHaveLength(2)
  })
})

describe('the session', () => {
  test('opens with the first event, and has its id, its time and its page', () => {
    const [event] = settleAll(undefined, page(0, ad)).events
    expect(event?.session).toEqual({
      id: 'k0',
      started_at: '2026-11-20T12:00:00.000Z',
      landing_url: ad,
      referrer_url: undefined,
      utm: { source: 'Google', medium: 'cpc' },
      click_ids: { gclid: 'X1' },
    })
  })

  test.each([
    ['an event within 30 minutes goes on in it', [draft(0), draft(30 * minute)], ['k0', 'k0']],
    ['an event after more silence opens another', [draft(0), draft(30 * minute + 1)], ['k0', 'k1800001']],
    ['activity keeps it open', [draft(0), draft(20 * minute), draft(40 * minute)], ['k0', 'k0', 'k0']],
    [
      'an event that comes late does not shorten it',
      [draft(9), draft(5), draft(30 * minute + 9)],
      ['k9', 'k9', 'k9'],
    ],
    ['coming back by another ad opens another', [page(0, ad), page(1, otherAd)], ['k0', 'k1']],
    ['coming back by the same ad goes on in it', [page(0, ad), page(1, ad)], ['k0', 'k0']],
    ['a page without a campaign goes on in it', [page(0, ad), page(1, shop)], ['k0', 'k0']],
    [
      'a click on a page that an earlier ad led to goes on in the later one',
      [page(0, ad), page(1, otherAd), draft(2, { url: ad })],
      ['k0', 'k1', 'k1'],
    ],
    [
      'the first event of a page load by another ad opens another, whatever its type',
      [page(0, ad), draft(1, { url: otherAd, seq: 1 })],
      ['k0', 'k1'],
    ],
    ['signing in goes on in it', [draft(0), identify(1, 'u1'), draft(2)], ['k0', 'k0', 'k0']],
    ['another user opens another', [identify(0, 'u1'), identify(1, 'u2'), draft(2)], ['k0', 'k1', 'k1']],
    ['the same user goes on in it', [identify(0, 'u1'), identify(1, 'u1')], ['k0', 'k0']],
  ])('%s', (_, drafts, expected) => {
    expect(sessionIds(undefined, ...drafts)).toEqual(expected)
  })

  test('a stored session that was aged by a day ends with the next event, which lands on its own page', () => {
    const { state } = settleAll(undefined, page(0, ad))
    const aged = { ...state.session!, startedAt: noon - day, lastSeenAt: noon - day }
    const [event] = settleAll({ ...state, session: aged }, draft(1, { url: `${shop}cart` })).events
    expect(event?.session).toMatchObject({ id: 'k1', landing_url: `${shop}cart`, utm: {}, click_ids: {} })
  })

  test('has the referrer of the page load when the first event of that load opens it', () => {
    const [event] = settleAll(undefined, draft(0, { seq: 1, referrer: 'https://news.example/' })).events
    expect(event?.session?.referrer_url).toBe('https://news.example/')
  })

  test('has no referrer when it opens later in the page load', () => {
    const { events } = settleAll(
      undefined,
      draft(0, { seq: 1, referrer: 'https://news.example/' }),
      draft(day, { seq: 2, referrer: 'https://news.example/' }),
    )
    expect(events[1]?.session).toMatchObject({ id: `k${day}`, referrer_url: undefined })
  })
})

test('settling the same drafts again from the same state gives the same events', () => {
  const drafts = [page(0, ad), identify(1, 'u1'), { anonymousId: 'a2' }, draft(2)]
  expect(settleAll(undefined, ...drafts)).toEqual(settleAll(undefined, ...drafts))
})
