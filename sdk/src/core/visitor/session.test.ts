/** States which session a draft belongs to, and what is sent of it; state.test.ts states how sessions follow each other. */
import { defaultSessionRules, type SessionRules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'
import { noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { VisitorSession } from '../records.ts'
import type { Draft } from './draft.ts'
import { sessionAfter, wireSession } from './session.ts'

const minute = 60_000
const shop = 'https://shop.example/'
const ad = `${shop}?utm_source=ad`
const mail = `${shop}?utm_source=mail`
const news = 'https://news.example/'

const byAd: VisitorSession = {
  id: 's1',
  startedAt: noon - 10 * minute,
  landingUrl: ad,
  referrerUrl: news,
}
/** As known to a device that has only read the record which subdomains share. */
const shared: VisitorSession = { id: 's1', startedAt: noon - minute }

/** A draft at noon with the key k1; by default not a page view, and not the first of a page load. */
function draft(fields: Partial<WireEvent> = {}, arrival?: Partial<Draft['arrival']>): Draft {
  const event: WireEvent = { idempotency_key: 'k1', type: 'track', occurred_at: '', url: shop, ...fields }
  return { event, arrival: arrival && { openedAt: Number.POSITIVE_INFINITY, ...arrival } }
}
const page = (url: string, arrival?: Partial<Draft['arrival']>) => draft({ type: 'page', url }, arrival)

interface Case {
  session?: VisitorSession
  seenAt?: number
  at?: number
  userId?: string
  rules?: SessionRules
}

/** The session of a draft at noon, after a session that was seen a minute before. */
function after(draft: Draft, more: Case = {}): VisitorSession {
  const { session, seenAt = noon - minute, at = noon, userId, rules = defaultSessionRules } = more
  return sessionAfter({ v: 2, anonymousId: 'a1', seenAt, session }, { draft, at, userId }, rules)
}

describe('a new session', () => {
  test('has the key, the time, the page, the campaign and the user of its draft', () => {
    const url = `${shop}?utm_source=Ad&gclid=X`
    expect(after(page(url, { referrer: news }), { userId: 'u1' })).toEqual({
      id: 'k1',
      startedAt: noon,
      userId: 'u1',
      landingUrl: url,
      referrerUrl: news,
    })
  })

  test('has no referrer if it opens later on the page', () => {
    expect(after(page(ad)).referrerUrl).toBeUndefined()
  })

  test('has the campaign of its address even if its draft is not a page view', () => {
    expect(after(draft({ url: ad }))).toMatchObject({ landingUrl: ad })
  })

  test('has no landing in an app without addresses', () => {
    const opened = after(draft({ type: 'screen', url: undefined }, {}))
    expect(opened).toEqual({ id: 'k1', startedAt: noon })
  })

  test('takes over nothing from the one before', () => {
    const opened = after(page(shop), { session: byAd, seenAt: noon - 31 * minute })
    expect(opened).toEqual({ id: 'k1', startedAt: noon, landingUrl: shop })
  })
})

describe('an open session', () => {
  test('is unchanged by a later page view, whatever its referrer', () => {
    expect(after(page(`${shop}cart`, { referrer: `${shop}a` }), { session: byAd })).toEqual(byAd)
  })

  test.each<[string, Case, string]>([
    ['continues after exactly 30 minutes of silence', { seenAt: noon - 30 * minute }, 's1'],
    ['is over a millisecond later', { seenAt: noon - 30 * minute - 1 }, 'k1'],
    ['continues for 24 hours', { session: { ...byAd, startedAt: noon - 24 * 60 * minute } }, 's1'],
    [
      'is over a millisecond after 24 hours',
      { session: { ...byAd, startedAt: noon - 24 * 60 * minute - 1 } },
      'k1',
    ],
    ['is over sooner with shorter limits', { rules: { ...defaultSessionRules, idleMs: minute - 1 } }, 'k1'],
  ])('%s', (_, more, expected) => {
    expect(after(draft(), { session: byAd, ...more }).id).toBe(expected)
  })

  test.each<[string, string | undefined, string | undefined, string]>([
    ['that is anonymous stays anonymous', undefined, undefined, 's1'],
    ['that is anonymous becomes that of a user who signs in', undefined, 'u1', 's1'],
    ['of a user continues for that user', 'u1', 'u1', 's1'],
    ['of a user is over when another user signs in', 'u1', 'u2', 'k1'],
  ])('%s', (_, before, userId, id) => {
    const session = { ...byAd, userId: before }
    expect(after(draft(), { session, userId })).toMatchObject({ id, userId })
    expect(session.userId).toBe(before)
  })
})

describe('a session with a campaign', () => {
  test.each<[string, Draft, string]>([
    ['is ended by a page view with another campaign', page(mail), 'k1'],
    ['is ended by a page view with another click id', page(`${ad}&gclid=X`), 'k1'],
    ['continues on a page view with the same campaign', page(ad), 's1'],
    ['continues on a page view without a campaign', page(shop), 's1'],
    ['continues on a click, whatever its address still shows', draft({ url: mail }), 's1'],
    ['continues on an identify', draft({ type: 'identify', url: mail }), 's1'],
    ['continues on a screen of an app', draft({ type: 'screen', url: mail }), 's1'],
    [
      'is ended by the first event of a page load with another campaign, whatever its type',
      draft({ url: mail }, {}),
      'k1',
    ],
    ['continues on the first event of a page load with the same campaign', draft({ url: ad }, {}), 's1'],
  ])('%s', (_, next, expected) => {
    expect(after(next, { session: byAd }).id).toBe(expected)
  })

  test('continues with any campaign if campaigns start no sessions', () => {
    const rules = { ...defaultSessionRules, newCampaignStartsSession: false }
    expect(after(page(mail, {}), { session: byAd, rules })).toEqual(byAd)
  })
})

describe('where a router has removed the parameters from the address,', () => {
  test('the landing is the address by which the page was opened, with its campaign', () => {
    const opened = after(page(`${shop}home`, { landing: ad }))
    expect(opened).toMatchObject({ id: 'k1', landingUrl: ad })
  })

  test.each<[string, Draft, string]>([
    ['another campaign still ends the session', page(shop, { landing: mail }), 'k1'],
    ['another campaign ends it on any type of event', draft({}, { landing: mail }), 'k1'],
    ['the same campaign continues it', page(shop, { landing: ad }), 's1'],
    ['a campaign that the address shows now takes precedence', page(ad, { landing: mail }), 's1'],
  ])('%s', (_, next, expected) => {
    expect(after(next, { session: byAd }).id).toBe(expected)
  })

  test('the landing is the current address if it still shows a campaign', () => {
    expect(after(page(ad, { landing: mail }))).toMatchObject({ landingUrl: ad })
  })
})

describe('the event that has opened a session', () => {
  test.each([
    ['by a campaign', ad],
    ['without one', shop],
  ])('%s opens the same session again, with its landing and user', (_, url) => {
    const opening = page(url, { referrer: news })
    const opened = after(opening, { userId: 'u1' })
    const read: VisitorSession = { id: 'k1', startedAt: noon }
    expect(after(opening, { session: read, seenAt: noon, userId: 'u1' })).toEqual(opened)
  })

  test('is recognised by its key', () => {
    expect(after(page(shop), { session: { ...shared, id: 'k2' } })).toEqual({ ...shared, id: 'k2' })
  })
})

describe('a session that another client opened', () => {
  const arrive = (openedAt: number) => page(ad, { openedAt, referrer: news })

  test('on this page keeps its id and its start, and its landing is here', () => {
    expect(after(arrive(noon - 2 * minute), { session: shared, userId: 'u1' })).toEqual({
      id: 's1',
      startedAt: noon - minute,
      userId: 'u1',
      landingUrl: ad,
      referrerUrl: news,
    })
  })

  test('in the millisecond in which the page opened counts as opened on it', () => {
    expect(after(arrive(noon - minute), { session: shared })).toMatchObject({ id: 's1', landingUrl: ad })
  })

  test.each<[string, Draft, VisitorSession]>([
    ['before this page was opened has no landing here', page(shop, { openedAt: noon - minute + 1 }), shared],
    ['keeps a landing that is known here', page(shop, { openedAt: 0 }), byAd],
    ['is not taken over by a later event of the page', draft(), shared],
  ])('%s', (_, next, session) => {
    expect(after(next, { session })).toEqual(session)
  })

  test.each<[string, Draft, VisitorSession]>([
    ['before this page was opened ends by campaign', arrive(noon - minute + 1), shared],
    ['that has ended since does not continue', arrive(0), { ...shared, startedAt: noon - 25 * 60 * minute }],
    ['ends by campaign if its landing is known here', page(mail, { openedAt: 0 }), byAd],
  ])('%s', (_, next, session) => {
    expect(after(next, { session }).id).toBe('k1')
  })
})

test('a session that another client opened for another user does not continue', () => {
  const next = page(ad, { openedAt: 0 })
  expect(after(next, { session: { ...shared, userId: 'u2' }, userId: 'u1' }).id).toBe('k1')
})

describe('what is sent of a session', () => {
  test('is its id, its start, and where it came from', () => {
    expect(wireSession(byAd)).toEqual({
      id: 's1',
      started_at: '2026-11-20T11:50:00.000Z',
      landing_url: ad,
      referrer_url: news,
    })
  })

  test('does not include the user, which each event has itself', () => {
    expect(JSON.stringify(wireSession({ ...byAd, userId: 'u1' }))).not.toContain('u1')
  })

  test('does not include a landing that another subdomain reports', () => {
    expect(Object.keys(JSON.parse(JSON.stringify(wireSession(shared))))).toEqual(['id', 'started_at'])
  })
})
