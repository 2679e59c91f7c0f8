/** States which visitor and which session an event gets. */
import { defaultSessionRules as rules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'
import { noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { State } from '../records.ts'
import type { Draft, Reset } from './draft.ts'
import { settle } from './state.ts'

const minute = 60_000
const day = 24 * 60 * minute
const shop = 'https://shop.example/'
const ad = `${shop}?utm_source=Google&utm_medium=cpc&gclid=X1`
const otherAd = `${shop}?utm_source=news`

/** A draft so many ms after noon, which its key contains. By default not the first of a page load. */
function draft(ms: number, fields: Partial<Draft['event']> = {}, arrival?: Partial<Draft['arrival']>): Draft {
  const occurred_at = new Date(noon + ms).toISOString()
  const event = {
    idempotency_key: `k${ms}`,
    type: 'track',
    url: shop,
    occurred_at,
    ...fields,
  } as const
  return { event, arrival: arrival && { openedAt: Number.POSITIVE_INFINITY, ...arrival } }
}
const page = (ms: number, url: string) => draft(ms, { type: 'page', url })
const identify = (ms: number, userId: string) => draft(ms, { type: 'identify', user_id: userId })
const reset = (ms: number, anonymousId = 'a2'): Reset => ({ anonymousId, at: noon + ms })

/** The state and the events as they were before they became JSON. */
function settleAll(stored: State | undefined, ...entries: (Draft | Reset)[]) {
  const { state, events } = settle(stored, entries, { newId: 'new', rules })
  return { state, events: events.map(({ json }): WireEvent => JSON.parse(json)) }
}
const sessionIds = (stored: State | undefined, ...entries: (Draft | Reset)[]) =>
  settleAll(stored, ...entries).events.map(({ session }) => session?.id)

describe('the visitor', () => {
  test('gets the new id if unknown, and keeps a known one', () => {
    const { state } = settleAll(undefined, draft(0))
    expect(state.anonymousId).toBe('new')
    const [event] = settle(state, [draft(1)], { newId: 'newer', rules }).events
    expect(JSON.parse(`${event?.json}`).anonymous_id).toBe('new')
  })

  test('is unknown if the state is of a version that we cannot read', () => {
    const foreign = { v: 1, anonymousId: 'a' } as unknown as State
    expect(settleAll(foreign, draft(0)).state).toMatchObject({ v: 2, anonymousId: 'new' })
  })

  test('has a user id from the identify on, and not before', () => {
    const { state, events } = settleAll(undefined, draft(0), identify(1, 'u1'), draft(2))
    expect(events.map(({ user_id }) => user_id)).toEqual([undefined, 'u1', 'u1'])
    expect(state.userId).toBe('u1')
  })

  test('is new after a reset, without a user id, in another session', () => {
    const { events } = settleAll(undefined, identify(0, 'u1'), reset(1), draft(2))
    expect(events[1]).toMatchObject({ anonymous_id: 'a2', session: { id: 'k2' } })
    expect(events[1]).not.toHaveProperty('user_id')
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
    })
  })

  test.each([
    ['an event within 30 minutes continues it', [draft(0), draft(30 * minute)], ['k0', 'k0']],
    ['an event after more silence opens another', [draft(0), draft(30 * minute + 1)], ['k0', 'k1800001']],
    ['activity keeps it open', [draft(0), draft(20 * minute), draft(40 * minute)], ['k0', 'k0', 'k0']],
    ['a late event does not shorten it', [draft(9), draft(5), draft(30 * minute + 9)], ['k9', 'k9', 'k9']],
    ['returning through another ad opens another', [page(0, ad), page(1, otherAd)], ['k0', 'k1']],
    ['returning through the same ad continues it', [page(0, ad), page(1, ad)], ['k0', 'k0']],
    ['a page without a campaign continues it', [page(0, ad), page(1, shop)], ['k0', 'k0']],
    [
      'a click on a page that an earlier ad led to continues the later session',
      [page(0, ad), page(1, otherAd), draft(2, { url: ad })],
      ['k0', 'k1', 'k1'],
    ],
    [
      'the first event of a page load through another ad opens another, whatever its type',
      [page(0, ad), draft(1, { url: otherAd }, {})],
      ['k0', 'k1'],
    ],
    ['signing in continues it', [draft(0), identify(1, 'u1'), draft(2)], ['k0', 'k0', 'k0']],
    ['another user opens another', [identify(0, 'u1'), identify(1, 'u2'), draft(2)], ['k0', 'k1', 'k1']],
    ['the same user continues it', [identify(0, 'u1'), identify(1, 'u1')], ['k0', 'k0']],
  ])('%s', (_, drafts, expected) => {
    expect(sessionIds(undefined, ...drafts)).toEqual(expected)
  })

  test('ends with the next event if it is a day old, and the new one lands on that event’s page', () => {
    const { state } = settleAll(undefined, page(0, ad))
    const aged = { ...state.session!, startedAt: noon - day }
    const [event] = settleAll(
      { ...state, session: aged, seenAt: noon - day },
      draft(1, { url: `${shop}cart` }),
    ).events
    expect(event?.session).toMatchObject({ id: 'k1', landing_url: `${shop}cart` })
  })

  test('has the referrer of the page load when the first event of that load opens it', () => {
    const [event] = settleAll(undefined, draft(0, {}, { referrer: 'https://news.example/' })).events
    expect(event?.session?.referrer_url).toBe('https://news.example/')
  })

  test('has no referrer when it opens later in the page load', () => {
    const { events } = settleAll(undefined, draft(0, {}, { referrer: 'https://news.example/' }), draft(day))
    expect(events[1]?.session?.id).toBe(`k${day}`)
    expect(events[1]?.session).not.toHaveProperty('referrer_url')
  })

  test('has only an id and a time if another subdomain opened it, which reports its landing', () => {
    const session = { id: 's9', startedAt: noon - minute }
    const known: State = { v: 2, anonymousId: 'a9', seenAt: noon - minute, session }
    const [event] = settleAll(known, page(0, shop)).events
    expect(event).toMatchObject({
      anonymous_id: 'a9',
      session: { id: 's9', started_at: '2026-11-20T11:59:00.000Z' },
    })
    expect(event?.session).not.toHaveProperty('landing_url')
  })
})

describe('the address a page was opened by', () => {
  const first = (ms: number, landing?: string, url = shop) => draft(ms, { type: 'page', url }, { landing })

  test('is the landing, with the campaign that a router has removed since', () => {
    const [event] = settleAll(undefined, first(0, ad)).events
    expect(event?.session).toMatchObject({ landing_url: ad })
    expect(event?.url).toBe(shop)
  })

  test.each<[string, Draft[], string[]]>([
    ['opens a session when it brings another campaign', [page(0, otherAd), first(1, ad)], ['k0', 'k1']],
    ['opens none when it brings the same one', [page(0, ad), first(1, ad)], ['k0', 'k0']],
    ['is ignored if the current address has a campaign', [first(0, ad, otherAd)], ['k0']],
  ])('%s', (_, drafts, expected) => {
    expect(sessionIds(undefined, ...drafts)).toEqual(expected)
  })

  test('is not the landing of a session that opens later in the page load', () => {
    const { events } = settleAll(undefined, first(0, ad), draft(day, { url: `${shop}cart` }))
    expect(events[1]?.session).toMatchObject({ id: `k${day}`, landing_url: `${shop}cart` })
  })
})

test('where campaigns start no sessions, returning through another ad continues the open one', () => {
  const settling = { newId: 'new', rules: { ...rules, newCampaignStartsSession: false } }
  const { state } = settle(undefined, [page(0, ad), page(1, otherAd)], settling)
  expect(state.session).toMatchObject({ id: 'k0', landingUrl: ad })
})

describe('a state remembers when its visitor was last seen', () => {
  test.each<[string, (Draft | Reset)[], number]>([
    ['the latest event counts', [draft(1), draft(9)], 9],
    ['a late event does not count', [draft(9), draft(5)], 9],
    ['a reset counts too', [draft(1), reset(7)], 7],
    [
      'a session that opens counts, although an earlier one was seen later',
      [page(9, ad), page(5, otherAd)],
      5,
    ],
  ])('%s', (_, entries, ms) => {
    expect(settleAll(undefined, ...entries).state.seenAt).toBe(noon + ms)
  })
})

test('an event is stored under its key, as the JSON that will be sent', () => {
  const { events } = settle(undefined, [draft(0, { name: 'a' })], { newId: 'new', rules })
  expect(events).toEqual([
    { key: 'k0', json: expect.stringMatching(/^\{"idempotency_key":"k0".*"session":\{/) },
  ])
})

test('settling the same drafts again from the same state gives the same events', () => {
  const drafts = [page(0, ad), identify(1, 'u1'), reset(2), draft(3)]
  expect(settleAll(undefined, ...drafts)).toEqual(settleAll(undefined, ...drafts))
})

test('settling them again from what a leaving page has noted opens the same sessions', () => {
  const left = settleAll(undefined, page(0, ad))
  const { id = '', startedAt = 0 } = left.state.session ?? {}
  const fromRecord: State = {
    ...left.state,
    session: { id, startedAt },
    touches: undefined,
  }
  expect(settleAll(fromRecord, page(0, ad)).events).toEqual(left.events)
})
