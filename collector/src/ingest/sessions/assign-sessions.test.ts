/** States which visit an event gets whose client told none. */
import { describe, expect, it } from 'vitest'
import { testToken } from '../../websites/testing.ts'
import type { OriginIds } from '../commit/dimensions.ts'
import type { EventSession, IngestEvent, IngestRequest, Origin } from '../event.ts'
import type { VisitingEvent } from '../store/event-rows.ts'
import { giveVisits, type KnownVisit, visitorKey } from './assign-sessions.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const shop = 'https://shop.example/'
const ad = `${shop}?utm_source=ad`
const mail = `${shop}?utm_source=mail`

/** What an event is besides its key and its time. Times are ms after noon. */
interface Fields {
  type?: 'page' | 'track'
  url?: string
  websiteId?: string
  visitorId?: string
  user?: string
  timeZone?: string
  /** The visit that its client told. */
  told?: EventSession
  journal?: EventSession[]
}

/** An event with a cookie; its client tells no visit, unless `told` says so. */
function event(key: string, ms: number, fields: Fields = {}): VisitingEvent {
  const { type = 'track', url = shop, told, user, websiteId = 'w1', visitorId = 'v1', timeZone } = fields
  const settings = timeZone ? { timeZone, sessionsEndAtMidnight: true } : {}
  const request: IngestRequest = {
    id: 'r1',
    token: testToken({ websiteId, settings }),
    receivedAt: noon + 48 * hour,
    ip: null,
    userAgent: null,
    isBot: false,
    sentAt: undefined,
    sdkVersion: null,
    dropped: null,
  }
  const arrival = told ? undefined : visit(key, ms, url)
  const origin = (told ?? arrival)?.origin ?? direct
  const ingested: IngestEvent = {
    request,
    index: 0,
    wire: { idempotency_key: key, type, name: type, occurred_at: '' },
    key,
    occurredAt: noon + ms,
    props: null,
    url,
    user: user === undefined ? undefined : { type: 'user_id', hash: user },
    others: [],
    session: told,
    arrival,
    touches: [{ key: `touch of ${key}`, type: 'landing', at: noon + ms, origin }],
    journal: (fields.journal ?? []).map((visit) => ({
      key: `touch of ${visit.clientId}`,
      type: 'landing',
      at: visit.startedAt,
      origin: visit.origin,
      visit,
    })),
  }
  return {
    event: ingested,
    id: key,
    customerId: 'c1',
    customerUser: user === undefined ? null : `${websiteId} user_id ${user}`,
    visitorId,
    visit: told,
    originIds: told && idsOf(told.origin),
    touches: ingested.touches,
    journal: ingested.journal,
  }
}

const page = (key: string, ms: number, fields: Fields = {}) => event(key, ms, { type: 'page', ...fields })
const direct: Origin = { source: { utm: {}, isDirect: true } }

/** A visit as a client tells it, or as an event opens it. */
function visit(clientId: string, ms: number, landingUrl: string | null = shop): EventSession {
  const source = /utm_source=(\w+)/.exec(`${landingUrl}`)?.[1]
  const origin = source ? { source: { utm: { source }, isDirect: false } } : { ...direct }
  return { clientId, startedAt: noon + ms, landingUrl, referrerUrl: 'https://news.example/', origin }
}

/** A visit that the database knows. */
function known(
  clientId: string,
  from: number,
  until: number,
  more: Partial<KnownVisit> & { landingUrl?: string | null } = {},
): KnownVisit {
  const { landingUrl, startedAt, origin } = visit(clientId, from, more.landingUrl)
  const visitor = visitorKey('w1', 'v1')
  const times = { startedAt, lastSeenAt: noon + until }
  return { visitor, clientId, ...times, landingUrl, user: null, originIds: idsOf(origin), ...more }
}

function idsOf({ source }: Origin): OriginIds {
  const none = { medium: null, campaign: null, term: null, content: null, referrerDomain: null }
  return { source: source.utm.source ?? null, ...none, landingPage: null }
}

/** Each event with its visit, by key. */
function give(events: VisitingEvent[], visits: KnownVisit[] = []): Record<string, VisitingEvent> {
  const told = events.flatMap(({ event: { session, arrival, journal } }) => [
    session,
    arrival,
    ...journal.map(({ visit }) => visit),
  ])
  const originIds = new Map(told.flatMap((visit) => (visit ? [[visit.origin, idsOf(visit.origin)]] : [])))
  return Object.fromEntries(giveVisits(events, visits, originIds).map((given) => [given.event.key, given]))
}

/** What each event's visit is called, by its key. */
function visitsOf(events: VisitingEvent[], visits?: KnownVisit[]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(give(events, visits)).map(([key, { visit }]) => [key, visit?.clientId]),
  )
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

type Row = [title: string, events: VisitingEvent[], expected: Record<string, string>, visits?: KnownVisit[]]

/** Every row is held to its answer in all orders of its events and of the visits that are known. */
const inAnyOrder = (_: string, events: VisitingEvent[], expected: object, visits: KnownVisit[] = []) => {
  for (const order of permutations(events)) {
    expect(visitsOf(order, visits)).toEqual(expected)
    expect(visitsOf(order, visits.toReversed())).toEqual(expected)
  }
}

describe('in time, an event', () => {
  it.each<Row>([
    ['opens a visit that bears its key where its visitor has none', [event('a', 0)], { a: 'a' }],
    ['joins the visit that an event opened', [page('a', 0), event('b', 5 * minute)], { a: 'a', b: 'a' }],
    ['joins a visit that is known', [event('a', 5 * minute)], { a: 's' }, [known('s', 0, 0)]],
    ['joins after exactly 30 minutes of silence', [event('a', 30 * minute)], { a: 's' }, [known('s', 0, 0)]],
    ['opens one a millisecond later', [event('a', 30 * minute + 1)], { a: 'a' }, [known('s', 0, 0)]],
    [
      'prolongs what it joins',
      [event('a', 0), event('b', 30 * minute), event('c', 60 * minute), event('d', 90 * minute + 1)],
      { a: 'a', b: 'a', c: 'a', d: 'd' },
    ],
    [
      'that is late does not shorten it',
      [event('a', 5 * minute), event('b', 40 * minute)],
      { a: 's', b: 's' },
      [known('s', 0, 10 * minute)],
    ],
    ['joins until 24 hours', [event('a', 24 * hour)], { a: 's' }, [known('s', 0, 24 * hour - minute)]],
    [
      'opens one a millisecond after 24 hours, however busy the visit is',
      [event('a', 24 * hour + 1)],
      { a: 'a' },
      [known('s', 0, 24 * hour)],
    ],
    [
      'of one instant with another joins the one whose key is first',
      [event('b', 0), event('a', 0), event('c', 0)],
      { a: 'a', b: 'a', c: 'a' },
    ],
    [
      'that comes late joins the visit after it',
      [event('a', 0), event('b', -30 * minute)],
      { a: 's', b: 's' },
      [known('s', 0, 0)],
    ],
    [
      'over 30 minutes before a visit opens its own',
      [event('a', -30 * minute - 1)],
      { a: 'a' },
      [known('s', 0, 0)],
    ],
    [
      'between two visits joins the one before',
      [event('a', 25 * minute)],
      { a: 's1' },
      [known('s1', 0, 0), known('s2', 26 * minute, 26 * minute)],
    ],
    [
      'before two visits joins the first of them',
      [event('a', -minute)],
      { a: 's1' },
      [known('s1', 0, 0), known('s2', minute, minute)],
    ],
    [
      'within two visits joins the later one',
      [event('a', 6 * minute)],
      { a: 's2' },
      [known('s1', 0, 10 * minute), known('s2', 5 * minute, 5 * minute)],
    ],
    [
      'within two visits of one beginning joins the one whose id is last',
      [event('a', 6 * minute)],
      { a: 's2' },
      [known('s1', 0, 10 * minute), known('s2', 0, 5 * minute)],
    ],
  ])('%s', inAnyOrder)
})

describe('by campaign, an event', () => {
  const byAd = known('s', 0, 0, { landingUrl: ad })

  it.each<Row>([
    ['of a page with the same one joins', [page('a', minute, { url: ad })], { a: 's' }, [byAd]],
    ['of a page without any joins', [page('a', minute)], { a: 's' }, [byAd]],
    ['of a page with another opens a visit', [page('a', minute, { url: mail })], { a: 'a' }, [byAd]],
    [
      'of a page with a click id opens a visit',
      [page('a', minute, { url: `${ad}&gclid=X` })],
      { a: 'a' },
      [byAd],
    ],
    [
      'of a page opens a visit where the first had none',
      [page('a', 0), page('b', 1, { url: ad })],
      { a: 'a', b: 'b' },
    ],
    [
      'that is no page joins, whatever its address shows',
      [event('a', minute, { url: mail })],
      { a: 's' },
      [byAd],
    ],
    [
      'of a page with another opens a visit before the 30 minutes are over, which later ones join',
      [page('a', 0, { url: ad }), page('b', 5, { url: mail }), event('c', 6, { url: ad }), page('d', 7)],
      { a: 'a', b: 'b', c: 'b', d: 'b' },
    ],
    [
      'of a page with the campaign of the visit before the last opens a third',
      [page('a', 0, { url: ad }), page('b', 5, { url: mail }), page('c', 6, { url: ad })],
      { a: 'a', b: 'b', c: 'c' },
    ],
  ])('%s', inAnyOrder)
})

describe('by user, an event', () => {
  const ofAlice = known('s', 0, 0, { user: 'w1 user_id alice' })

  it.each<Row>([
    ['of the same one joins', [event('a', 1, { user: 'alice' })], { a: 's' }, [ofAlice]],
    ['that names nobody joins', [event('a', 1)], { a: 's' }, [ofAlice]],
    ['of another one opens a visit', [event('a', 1, { user: 'bob' })], { a: 'a' }, [ofAlice]],
    [
      'that signs in joins the visit of nobody, which is that user’s from then on',
      [event('a', 0), event('b', 1, { user: 'alice' }), event('c', 2), event('d', 3, { user: 'bob' })],
      { a: 'a', b: 'a', c: 'a', d: 'd' },
    ],
    [
      'of the first one after another opens a third visit',
      [event('a', 0, { user: 'alice' }), event('b', 1, { user: 'bob' }), event('c', 2, { user: 'alice' })],
      { a: 'a', b: 'b', c: 'c' },
    ],
  ])('%s', inAnyOrder)
})

describe('a visit is its visitor’s', () => {
  it.each<Row>([
    [
      'and another visitor’s event joins none of it',
      [event('a', 0), event('b', 1, { visitorId: 'v2' }), event('c', 2), event('d', 3, { visitorId: 'v2' })],
      { a: 'a', b: 'b', c: 'a', d: 'b' },
    ],
    [
      'on its website: the same id on another one is somebody else',
      [event('a', 0), event('b', 1, { websiteId: 'w2' }), event('c', 2), event('d', 3, { websiteId: 'w2' })],
      { a: 'a', b: 'b', c: 'a', d: 'b' },
    ],
    [
      'on its website, and somebody else signing in on another one does not end it',
      [
        event('a', 0, { user: 'alice' }),
        event('b', 1, { user: 'bob', websiteId: 'w2' }),
        event('c', 2, { user: 'alice' }),
      ],
      { a: 'a', b: 'b', c: 'a' },
    ],
    [
      'also where the ids of website and visitor read alike in a row',
      [
        event('a', 0, { websiteId: '1', visitorId: '11' }),
        event('b', 1, { websiteId: '11', visitorId: '1' }),
      ],
      { a: 'a', b: 'b' },
    ],
  ])('%s', inAnyOrder)
})

describe('a visit that a client told', () => {
  const told = (key: string, ms: number, landingUrl: string | null = shop) =>
    event(key, ms, { told: visit('s', 0, landingUrl) })

  it.each<Row>([
    ['is joined by later events', [told('a', 0), event('b', 1)], { a: 's', b: 's' }],
    ['is joined by a late one', [told('a', 0), event('b', -minute)], { a: 's', b: 's' }],
    [
      'lasts as long as its client says, and the rule begins where that ends',
      [told('a', 0), told('b', 26 * hour), event('c', 26 * hour + 1), event('d', 23 * hour)],
      { a: 's', b: 's', c: 'c', d: 's' },
    ],
    [
      'is not split by silence',
      [told('a', 0), told('b', 5 * hour), event('c', 2 * hour)],
      { a: 's', b: 's', c: 's' },
    ],
    [
      'has the landing that one of its events knows, for the campaigns of later ones',
      [told('a', 0, null), told('b', 1, ad), page('c', 2, { url: ad })],
      { a: 's', b: 's', c: 's' },
    ],
    [
      'has the user that one of its events names',
      [
        told('a', 0),
        event('b', 1, { told: visit('s', 0), user: 'alice' }),
        event('c', 2),
        event('d', 3, { user: 'bob' }),
      ],
      { a: 's', b: 's', c: 's', d: 'd' },
    ],
    [
      'is one with what is known of it',
      [told('a', 40 * minute, null), page('b', 70 * minute, { url: ad })],
      { a: 's', b: 's' },
      [known('s', 0, 10 * minute, { landingUrl: ad })],
    ],
    [
      'is another than one of the same id of another visitor',
      [told('a', 0), event('b', 1, { visitorId: 'v2' })],
      { a: 's', b: 'b' },
    ],
  ])('%s', inAnyOrder)

  it('begins when the earliest of its events says', () => {
    const events = [
      event('a', 2, { told: visit('s', 1) }),
      event('b', 3, { told: visit('s', 0) }),
      event('c', 4),
    ]
    for (const order of permutations(events)) expect(give(order).c?.visit?.startedAt).toBe(noon)
  })

  it('leaves its events as they are', () => {
    const [first, second] = [told('a', 0, ad), told('b', 40 * minute, null)]
    const given = give([first, event('c', 1), second])
    expect(given.a).toBe(first)
    expect(given.b).toBe(second)
  })
})

describe('a visit of a journal', () => {
  const carrier = (ms: number, ...journal: EventSession[]) =>
    event('carrier', ms, { told: visit('s', ms), journal })

  it('gives who joins it the origin that is its own, not its carrier’s', () => {
    const bearer = event('carrier', 2 * hour, {
      told: visit('s', 2 * hour, ad),
      journal: [visit('j', 0, mail)],
    })
    expect(give([bearer, event('a', minute)]).a).toMatchObject({
      visit: { clientId: 'j' },
      originIds: { source: 'mail' },
    })
  })

  it.each<Row>([
    [
      'is joined by an event after its beginning',
      [carrier(2 * hour, visit('j', 0)), event('a', 30 * minute)],
      { carrier: 's', a: 'j' },
    ],
    [
      'is joined by a late one before its beginning',
      [carrier(2 * hour, visit('j', 0)), event('a', -minute)],
      { carrier: 's', a: 'j' },
    ],
    [
      'ends 30 minutes after its beginning, for more is not told of it',
      [carrier(2 * hour, visit('j', 0)), event('a', 30 * minute + 1)],
      { carrier: 's', a: 'a' },
    ],
    [
      'is not left by its own campaign, but by another',
      [carrier(2 * hour, visit('j', 0, ad)), page('a', 1, { url: ad }), page('b', 2, { url: mail })],
      { carrier: 's', a: 'j', b: 'b' },
    ],
    [
      'is one of several, each for its time',
      [carrier(4 * hour, visit('j1', 0), visit('j2', 2 * hour)), event('a', 1), event('b', 2 * hour + 1)],
      { carrier: 's', a: 'j1', b: 'j2' },
    ],
    [
      'changes nothing of a visit that is known',
      [
        carrier(2 * hour, visit('s1', 20 * minute, ad)),
        page('a', 5 * minute, { url: ad }),
        event('b', -30 * minute),
      ],
      { carrier: 's', a: 'a', b: 's1' },
      [known('s1', 0, minute, { landingUrl: mail })],
    ],
    [
      'does not prolong one that is known',
      [carrier(2 * hour, visit('s1', 20 * minute)), event('a', 45 * minute)],
      { carrier: 's', a: 'a' },
      [known('s1', 0, minute)],
    ],
  ])('%s', inAnyOrder)
})

describe('an event that joins', () => {
  const going = known('s', 0, 0, { landingUrl: ad })
  const joined = give([event('a', minute, { url: mail })], [going]).a

  it('names the visit and its start, and tells nothing new of where it came from', () => {
    expect(joined?.visit).toEqual({
      clientId: 's',
      startedAt: noon,
      landingUrl: null,
      referrerUrl: null,
      origin: { source: { utm: {}, isDirect: true } },
    })
  })

  it('has the origin of the visit, and no touch', () => {
    expect(joined?.originIds).toBe(going.originIds)
    expect(joined?.originIds?.source).toBe('ad')
    expect(joined?.touches).toEqual([])
  })

  it('has the origin of a visit that began in its own batch, told or opened', () => {
    for (const opening of [page('a', 0, { url: ad }), page('a', 0, { told: visit('s', 0, ad) })]) {
      for (const order of permutations([opening, event('b', 1)])) {
        expect(give(order).b?.originIds?.source).toBe('ad')
      }
    }
  })

  it('has the origin that is known with the landing, whoever tells that', () => {
    const events = [
      event('a', 0, { told: visit('s', 0, null) }),
      event('b', 1, { told: visit('s', 0, ad) }),
      event('c', 2),
    ]
    for (const order of permutations(events)) expect(give(order).c?.originIds?.source).toBe('ad')
  })

  it('keeps its journal', () => {
    const carrier = event('a', minute, { journal: [visit('j', -5 * hour)] })
    expect(give([carrier], [going]).a?.journal).toBe(carrier.journal)
  })
})

describe('an event that opens a visit', () => {
  it('has the origin of its arrival, and keeps its touch', () => {
    const opener = page('a', 0, { url: ad })
    const opened = give([opener]).a
    expect(opened?.visit).toBe(opener.event.arrival)
    expect(opened?.originIds?.source).toBe('ad')
    expect(opened?.touches).toBe(opener.touches)
  })
})

describe('the answer', () => {
  it('has the order of the question', () => {
    const events = [event('c', 2), event('a', 0, { told: visit('s', 0) }), event('b', 1)]
    const keys = giveVisits(events, [], new Map()).map(({ event }) => event.key)
    expect(keys).toEqual(['c', 'a', 'b'])
  })

  it('is the question where every event came with its visit, or may have none', () => {
    const served = event('b', 0)
    const events = [
      event('a', 0, { told: visit('s', 0) }),
      { ...served, event: { ...served.event, arrival: undefined } },
    ]
    const given = giveVisits(events, [known('s', 0, 0)], new Map())
    expect(given.map((each, i) => each === events[i])).toEqual([true, true])
  })

  it('leaves the visits that are known as they were', () => {
    const visits = [known('s', 0, 0)]
    give([event('a', minute, { user: 'alice' })], visits)
    expect(visits).toEqual([known('s', 0, 0)])
  })
})

describe('where sessions end at midnight', () => {
  const timeZone = 'Europe/Berlin' // an hour ahead: its midnight is 11 hours after noon
  const evening = 10 * hour + 50 * minute
  const night = 11 * hour
  const before = page('a', evening, { timeZone, url: ad })
  const after = event('b', night, { timeZone })
  const later = event('c', night + 5 * minute, { timeZone })

  it('an event of the last millisecond joins as ever', () => {
    const last = event('b', night - 1, { timeZone })
    expect(give([before, last]).b).toMatchObject({ visit: { clientId: 'a' }, originIds: { source: 'ad' } })
  })

  it('an event after it has a visit of its own, which begins with it and came from where the other came, without another touch', () => {
    expect(give([before, after]).b).toMatchObject({
      visit: {
        clientId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        startedAt: noon + night,
        landingUrl: ad,
      },
      originIds: { source: 'ad' },
      touches: [],
    })
  })

  it('all events of the new day have one visit, in any order and however they are batched', () => {
    const { b } = visitsOf([before, after])
    for (const order of permutations([before, after, later])) {
      expect(visitsOf(order)).toEqual({ a: 'a', b, c: b })
    }
    const first = known('a', evening, evening, { landingUrl: ad })
    const second = known(`${b}`, night, night, { landingUrl: ad })
    for (const visits of [[first], [first, second], [second, first]]) {
      expect(visitsOf([later], visits)).toEqual({ c: b })
    }
  })

  it('an event that comes late, of the day before, has a visit of its own too', () => {
    const began = known('s', night + minute, night + minute)
    const late = event('a', night - 1, { timeZone })
    const lateToo = event('b', night - minute, { timeZone })
    const { a, b } = visitsOf([late, lateToo], [began])
    expect([a, b]).toEqual([b, a])
    expect(['s', 'a', 'b']).not.toContain(a)
  })

  it('another website without a time zone has its visits through the night', () => {
    const elsewhere = [event('d', evening, { websiteId: 'w2' }), event('e', night, { websiteId: 'w2' })]
    expect(visitsOf([before, ...elsewhere, after])).toMatchObject({ d: 'd', e: 'd' })
  })

  it('a page by another campaign opens a visit that bears its key', () => {
    const byMail = page('b', night, { timeZone, url: mail })
    expect(give([before, byMail]).b).toMatchObject({ visit: { clientId: 'b', landingUrl: mail } })
  })
})
