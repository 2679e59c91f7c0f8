/** States which visit a draft belongs to, and what is sent of it; how visits follow each other: state.test.ts. */
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
/** As a device knows it that has only read the record which subdomains share. */
const shared: VisitorSession = { id: 's1', startedAt: noon - minute }

/** A draft of noon with the key k1; by default no page, and not the first of a page load. */
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

/** The session of a draft at noon, after one that was seen a minute before. */
function after(draft: Draft, more: Case = {}): VisitorSession {
  const { session, seenAt = noon - minute, at = noon, userId, rules = defaultSessionRules } = more
  return sessionAfter({ v: 2, anonymousId: 'a1', seenAt, session }, { draft, at, userId }, rules)
}

describe('a session that opens', () => {
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

  test('has no referrer where it opens later on the page', () => {
    expect(after(page(ad)).referrerUrl).toBeUndefined()
  })

  test('has the campaign of its address also when its draft is no page', () => {
    expect(after(draft({ url: ad }))).toMatchObject({ landingUrl: ad })
  })

  test('has no landing in an app that names no page', () => {
    const opened = after(draft({ type: 'screen', url: undefined }, {}))
    expect(opened).toEqual({ id: 'k1', startedAt: noon })
  })

  test('takes nothing over from the one before', () => {
    const opened = after(page(shop), { session: byAd, seenAt: noon - 31 * minute })
    expect(opened).toEqual({ id: 'k1', startedAt: noon, landingUrl: shop })
  })
})

describe('a session that goes on', () => {
  test('is as it was, wherever the draft came from', () => {
    expect(after(page(`${shop}cart`, { referrer: `${shop}a` }), { session: byAd })).toEqual(byAd)
  })

  test.each<[string, Case, string]>([
    ['after exactly 30 minutes of silence', { seenAt: noon - 30 * minute }, 's1'],
    ['and is over a millisecond later', { seenAt: noon - 30 * minute - 1 }, 'k1'],
    ['for 24 hours', { session: { ...byAd, startedAt: noon - 24 * 60 * minute } }, 's1'],
    ['and no millisecond longer', { session: { ...byAd, startedAt: noon - 24 * 60 * minute - 1 } }, 'k1'],
    [
      'and is over sooner where the rules say so',
      { rules: { ...defaultSessionRules, idleMs: minute - 1 } },
      'k1',
    ],
  ])('%s', (_, more, expected) => {
    expect(after(draft(), { session: byAd, ...more }).id).toBe(expected)
  })

  test.each<[string, string | undefined, string | undefined, string]>([
    ['of nobody goes on as nobody’s', undefined, undefined, 's1'],
    ['of nobody goes on as the user’s who signs in', undefined, 'u1', 's1'],
    ['of a user stays that user’s', 'u1', 'u1', 's1'],
    ['of a user is over with another', 'u1', 'u2', 'k1'],
  ])('%s', (_, before, userId, id) => {
    const session = { ...byAd, userId: before }
    expect(after(draft(), { session, userId })).toMatchObject({ id, userId })
    expect(session.userId).toBe(before)
  })
})

describe('by its campaign', () => {
  test.each<[string, Draft, string]>([
    ['a page ends a session of another', page(mail), 'k1'],
    ['a page ends a session of another by a click id', page(`${ad}&gclid=X`), 'k1'],
    ['a page of the same goes on', page(ad), 's1'],
    ['a page without one goes on', page(shop), 's1'],
    ['a click goes on, whatever its address still shows', draft({ url: mail }), 's1'],
    ['an identify goes on', draft({ type: 'identify', url: mail }), 's1'],
    ['a screen of an app goes on', draft({ type: 'screen', url: mail }), 's1'],
    ['the first of a page load ends it, whatever its type', draft({ url: mail }, {}), 'k1'],
    ['the first of a page load goes on by the same', draft({ url: ad }, {}), 's1'],
  ])('%s', (_, next, expected) => {
    expect(after(next, { session: byAd }).id).toBe(expected)
  })

  test('nothing ends a session where the rules say so', () => {
    const rules = { ...defaultSessionRules, newCampaignStartsSession: false }
    expect(after(page(mail, {}), { session: byAd, rules })).toEqual(byAd)
  })
})

describe('where a router took the parameters out of the address,', () => {
  test('a session lands where the page was opened, with the campaign of that', () => {
    const opened = after(page(`${shop}home`, { landing: ad }))
    expect(opened).toMatchObject({ id: 'k1', landingUrl: ad })
  })

  test.each<[string, Draft, string]>([
    ['another campaign ends the session all the same', page(shop, { landing: mail }), 'k1'],
    ['also with an event that is no page', draft({}, { landing: mail }), 'k1'],
    ['the same campaign goes on', page(shop, { landing: ad }), 's1'],
    ['what the address shows now comes first', page(ad, { landing: mail }), 's1'],
  ])('%s', (_, next, expected) => {
    expect(after(next, { session: byAd }).id).toBe(expected)
  })

  test('the campaign is that of the address where it still shows one', () => {
    expect(after(page(ad, { landing: mail }))).toMatchObject({ landingUrl: ad })
  })
})

describe('the event that has opened a session', () => {
  test.each([
    ['by a campaign', ad],
    ['without one', shop],
  ])('%s opens the same again, with what only it knows', (_, url) => {
    const opening = page(url, { referrer: news })
    const opened = after(opening, { userId: 'u1' })
    const read: VisitorSession = { id: 'k1', startedAt: noon }
    expect(after(opening, { session: read, seenAt: noon, userId: 'u1' })).toEqual(opened)
  })

  test('is told from others by its key', () => {
    expect(after(page(shop), { session: { ...shared, id: 'k2' } })).toEqual({ ...shared, id: 'k2' })
  })
})

describe('a session that another client opened', () => {
  const arrive = (openedAt: number) => page(ad, { openedAt, referrer: news })

  test('on this page keeps its id and its start, and began here', () => {
    expect(after(arrive(noon - 2 * minute), { session: shared, userId: 'u1' })).toEqual({
      id: 's1',
      startedAt: noon - minute,
      userId: 'u1',
      landingUrl: ad,
      referrerUrl: news,
    })
  })

  test('in the millisecond in which the page opened, opened on it', () => {
    expect(after(arrive(noon - minute), { session: shared })).toMatchObject({ id: 's1', landingUrl: ad })
  })

  test.each<[string, Draft, VisitorSession]>([
    ['before this page was opened began elsewhere', page(shop, { openedAt: noon - minute + 1 }), shared],
    ['began there if its landing is known here', page(shop, { openedAt: 0 }), byAd],
    ['is not taken over by a later event of the page', draft(), shared],
  ])('%s', (_, next, session) => {
    expect(after(next, { session })).toEqual(session)
  })

  test.each<[string, Draft, VisitorSession]>([
    ['before this page was opened ends by campaign', arrive(noon - minute + 1), shared],
    [
      'that has ended since is not gone on with',
      arrive(0),
      { ...shared, startedAt: noon - 25 * 60 * minute },
    ],
    ['ends by campaign if its landing is known here', page(mail, { openedAt: 0 }), byAd],
  ])('%s', (_, next, session) => {
    expect(after(next, { session }).id).toBe('k1')
  })
})

test('a session that another client opened for another user is not gone on with', () => {
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

  test('is not who is signed in: each event says so itself', () => {
    expect(JSON.stringify(wireSession({ ...byAd, userId: 'u1' }))).not.toContain('u1')
  })

  test('is not where it began when another subdomain knows', () => {
    expect(Object.keys(JSON.parse(JSON.stringify(wireSession(shared))))).toEqual(['id', 'started_at'])
  })
})
