/** The session assigned to an event without one. */
import { describe, expect, it } from 'vitest'
import { identityRef, newCustomer } from '../../identity/customer.ts'
import { testToken } from '../../websites/testing.ts'
import type { EventSession, IngestEvent, IngestRequest, Origin, OwnedEvent } from '../event.ts'
import { assignSessions } from './assign-sessions.ts'
import type { RecentSession } from './known-sessions.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const shop = 'https://shop.example/'
const ad = `${shop}?utm_source=ad`
const mail = `${shop}?utm_source=mail`

/** The properties of an event besides its key and its time. Times are ms after noon. */
interface Fields {
  type?: 'page' | 'track'
  url?: string
  websiteId?: string
  visitorId?: string
  user?: string
  timeZone?: string
  /** The session that its client reports. */
  reported?: EventSession
  earlier?: EventSession[]
}

/** An event with a cookie; its client reports no session unless `reported` is set. */
function event(key: string, ms: number, fields: Fields = {}): OwnedEvent {
  const { type = 'track', url = shop, reported, user, websiteId = 'w1', visitorId = 'v1', timeZone } = fields
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
  const arrival = reported ? undefined : { ...session(key, ms, url), isAssigned: true }
  const origin = (reported ?? arrival)?.origin ?? direct
  const ingested: IngestEvent = {
    request,
    index: 0,
    wire: { idempotency_key: key, type, name: type, occurred_at: '' },
    key,
    copyName: key,
    occurredAt: noon + ms,
    props: null,
    url,
    cookie: identityRef(websiteId, 'cookie', visitorId),
    user: user === undefined ? undefined : identityRef(websiteId, 'user_id', user),
    others: [],
    session: reported,
    arrival,
    touches: [{ key: `touch of ${key}`, type: 'landing', at: noon + ms, origin }],
    earlierTouches: (fields.earlier ?? []).map((session) => ({
      key: `touch of ${session.clientId}`,
      type: 'landing',
      at: session.startedAt,
      origin: session.origin,
      session,
    })),
    conversion: null,
  }
  const customer = { ...newCustomer({ websiteId, id: 'c1' }, noon), user: ingested.user?.key ?? null }
  return { event: ingested, id: key, customer, visitor: ingested.cookie }
}

const page = (key: string, ms: number, fields: Fields = {}) => event(key, ms, { type: 'page', ...fields })
const direct: Origin = { source: { utm: {}, isDirect: true } }

/** A session as reported by a client or opened by an event. */
function session(clientId: string, ms: number, landingUrl: string | null = shop): EventSession {
  const source = /utm_source=(\w+)/.exec(`${landingUrl}`)?.[1]
  const origin = source ? { source: { utm: { source }, isDirect: false } } : { ...direct }
  return { clientId, startedAt: noon + ms, landingUrl, referrerUrl: 'https://news.example/', origin }
}

/** A stored session. */
function known(
  clientId: string,
  from: number,
  until: number,
  more: Partial<RecentSession> & { landingUrl?: string | null } = {},
): RecentSession {
  const { landingUrl, referrerUrl, startedAt } = session(clientId, from, more.landingUrl)
  const visitor = identityRef('w1', 'cookie', 'v1').key
  const times = { startedAt, lastSeenAt: noon + until }
  return { visitor, clientId, ...times, landingUrl, referrerUrl, user: null, isAssigned: false, ...more }
}

/** Each event with its session and its touches, by key. */
function assign(events: OwnedEvent[], recent: RecentSession[] = []) {
  const { assignments } = assignSessions(events, recent)
  return Object.fromEntries(
    events.map((owned) => {
      const { event } = owned
      return [event.key, assignments.get(owned) ?? { session: event.session, touches: event.touches }]
    }),
  )
}

/** The id of each event's session, by its key. */
function sessionsOf(events: OwnedEvent[], recent?: RecentSession[]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(assign(events, recent)).map(([key, { session }]) => [key, session?.clientId]),
  )
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

type Row = [title: string, events: OwnedEvent[], expected: Record<string, string>, recent?: RecentSession[]]

/** Checks a row in all orders of its events and of the stored sessions. */
const inAnyOrder = (_: string, events: OwnedEvent[], expected: object, recent: RecentSession[] = []) => {
  for (const order of permutations(events)) {
    expect(sessionsOf(order, recent)).toEqual(expected)
    expect(sessionsOf(order, recent.toReversed())).toEqual(expected)
  }
}

describe('by time, an event', () => {
  it.each<Row>([
    ['opens a session with its key as id if its visitor has none', [event('a', 0)], { a: 'a' }],
    ['joins the session that an event opened', [page('a', 0), event('b', 5 * minute)], { a: 'a', b: 'a' }],
    ['joins a known session', [event('a', 5 * minute)], { a: 's' }, [known('s', 0, 0)]],
    ['joins after exactly 30 minutes of silence', [event('a', 30 * minute)], { a: 's' }, [known('s', 0, 0)]],
    ['opens one a millisecond later', [event('a', 30 * minute + 1)], { a: 'a' }, [known('s', 0, 0)]],
    [
      'extends the session that it joins',
      [event('a', 0), event('b', 30 * minute), event('c', 60 * minute), event('d', 90 * minute + 1)],
      { a: 'a', b: 'a', c: 'a', d: 'd' },
    ],
    [
      'that is late does not shorten the session',
      [event('a', 5 * minute), event('b', 40 * minute)],
      { a: 's', b: 's' },
      [known('s', 0, 10 * minute)],
    ],
    ['joins until 24 hours', [event('a', 24 * hour)], { a: 's' }, [known('s', 0, 24 * hour - minute)]],
    [
      'opens one a millisecond after 24 hours, even without silence',
      [event('a', 24 * hour + 1)],
      { a: 'a' },
      [known('s', 0, 24 * hour)],
    ],
    [
      'of the same instant as another joins the one with the lower key',
      [event('b', 0), event('a', 0), event('c', 0)],
      { a: 'a', b: 'a', c: 'a' },
    ],
    [
      'that is late joins the session after it',
      [event('a', 0), event('b', -30 * minute)],
      { a: 's', b: 's' },
      [known('s', 0, 0)],
    ],
    [
      'over 30 minutes before a session opens its own',
      [event('a', -30 * minute - 1)],
      { a: 'a' },
      [known('s', 0, 0)],
    ],
    [
      'between two sessions joins the one before',
      [event('a', 25 * minute)],
      { a: 's1' },
      [known('s1', 0, 0), known('s2', 26 * minute, 26 * minute)],
    ],
    [
      'before two sessions joins the first of them',
      [event('a', -minute)],
      { a: 's1' },
      [known('s1', 0, 0), known('s2', minute, minute)],
    ],
    [
      'within two sessions joins the later one',
      [event('a', 6 * minute)],
      { a: 's2' },
      [known('s1', 0, 10 * minute), known('s2', 5 * minute, 5 * minute)],
    ],
    [
      'within two sessions with the same start joins the one with the higher id',
      [event('a', 6 * minute)],
      { a: 's2' },
      [known('s1', 0, 10 * minute), known('s2', 0, 5 * minute)],
    ],
  ])('%s', inAnyOrder)
})

describe('by campaign, an event', () => {
  const byAd = known('s', 0, 0, { landingUrl: ad })

  it.each<Row>([
    ['of a page with the same campaign joins', [page('a', minute, { url: ad })], { a: 's' }, [byAd]],
    ['of a page without a campaign joins', [page('a', minute)], { a: 's' }, [byAd]],
    [
      'of a page with another campaign opens a session',
      [page('a', minute, { url: mail })],
      { a: 'a' },
      [byAd],
    ],
    [
      'of a page with a click id opens a session',
      [page('a', minute, { url: `${ad}&gclid=X` })],
      { a: 'a' },
      [byAd],
    ],
    [
      'of a page opens a session if the first had no campaign',
      [page('a', 0), page('b', 1, { url: ad })],
      { a: 'a', b: 'b' },
    ],
    [
      'that is not a page view joins, whatever its address',
      [event('a', minute, { url: mail })],
      { a: 's' },
      [byAd],
    ],
    [
      'of a page with another campaign opens a session within 30 minutes, which later events join',
      [page('a', 0, { url: ad }), page('b', 5, { url: mail }), event('c', 6, { url: ad }), page('d', 7)],
      { a: 'a', b: 'b', c: 'b', d: 'b' },
    ],
    [
      'of a page with the campaign of the session before the last opens a third',
      [page('a', 0, { url: ad }), page('b', 5, { url: mail }), page('c', 6, { url: ad })],
      { a: 'a', b: 'b', c: 'c' },
    ],
  ])('%s', inAnyOrder)
})

describe('by user, an event', () => {
  const ofAlice = known('s', 0, 0, { user: 'w1 user_id alice' })

  it.each<Row>([
    ['of the same user joins', [event('a', 1, { user: 'alice' })], { a: 's' }, [ofAlice]],
    ['without a user joins', [event('a', 1)], { a: 's' }, [ofAlice]],
    ['of another user opens a session', [event('a', 1, { user: 'bob' })], { a: 'a' }, [ofAlice]],
    [
      'that signs in joins the anonymous session, which then belongs to that user',
      [event('a', 0), event('b', 1, { user: 'alice' }), event('c', 2), event('d', 3, { user: 'bob' })],
      { a: 'a', b: 'a', c: 'a', d: 'd' },
    ],
    [
      'of the first user after another opens a third session',
      [event('a', 0, { user: 'alice' }), event('b', 1, { user: 'bob' }), event('c', 2, { user: 'alice' })],
      { a: 'a', b: 'b', c: 'c' },
    ],
  ])('%s', inAnyOrder)
})

describe('a session of a visitor', () => {
  it.each<Row>([
    [
      'is not joined by events of another visitor',
      [event('a', 0), event('b', 1, { visitorId: 'v2' }), event('c', 2), event('d', 3, { visitorId: 'v2' })],
      { a: 'a', b: 'b', c: 'a', d: 'b' },
    ],
    [
      'is not joined by events of the same id on another website',
      [event('a', 0), event('b', 1, { websiteId: 'w2' }), event('c', 2), event('d', 3, { websiteId: 'w2' })],
      { a: 'a', b: 'b', c: 'a', d: 'b' },
    ],
    [
      'is not ended by a sign-in on another website',
      [
        event('a', 0, { user: 'alice' }),
        event('b', 1, { user: 'bob', websiteId: 'w2' }),
        event('c', 2, { user: 'alice' }),
      ],
      { a: 'a', b: 'b', c: 'a' },
    ],
    [
      'is distinguished even if the concatenated ids of website and visitor are equal',
      [
        event('a', 0, { websiteId: '1', visitorId: '11' }),
        event('b', 1, { websiteId: '11', visitorId: '1' }),
      ],
      { a: 'a', b: 'b' },
    ],
  ])('%s', inAnyOrder)
})

describe('a session that a client reports', () => {
  const reported = (key: string, ms: number, landingUrl: string | null = shop) =>
    event(key, ms, { reported: session('s', 0, landingUrl) })

  it.each<Row>([
    ['is joined by later events', [reported('a', 0), event('b', 1)], { a: 's', b: 's' }],
    ['is joined by a late event', [reported('a', 0), event('b', -minute)], { a: 's', b: 's' }],
    [
      'lasts as long as its client says, and the rules apply after its end',
      [reported('a', 0), reported('b', 26 * hour), event('c', 26 * hour + 1), event('d', 23 * hour)],
      { a: 's', b: 's', c: 'c', d: 's' },
    ],
    [
      'is not split by silence',
      [reported('a', 0), reported('b', 5 * hour), event('c', 2 * hour)],
      { a: 's', b: 's', c: 's' },
    ],
    [
      'has the landing reported by any of its events, for the campaigns of later ones',
      [reported('a', 0, null), reported('b', 1, ad), page('c', 2, { url: ad })],
      { a: 's', b: 's', c: 's' },
    ],
    [
      'has the user named by any of its events',
      [
        reported('a', 0),
        event('b', 1, { reported: session('s', 0), user: 'alice' }),
        event('c', 2),
        event('d', 3, { user: 'bob' }),
      ],
      { a: 's', b: 's', c: 's', d: 'd' },
    ],
    [
      'is merged with the stored one',
      [reported('a', 40 * minute, null), page('b', 70 * minute, { url: ad })],
      { a: 's', b: 's' },
      [known('s', 0, 10 * minute, { landingUrl: ad })],
    ],
    [
      'differs from that of another visitor with the same id',
      [reported('a', 0), event('b', 1, { visitorId: 'v2' })],
      { a: 's', b: 'b' },
    ],
  ])('%s', inAnyOrder)

  it('begins at the earliest start that its events report', () => {
    const events = [
      event('a', 2, { reported: session('s', 1) }),
      event('b', 3, { reported: session('s', 0) }),
      event('c', 4),
    ]
    for (const order of permutations(events)) expect(assign(order).c?.session?.startedAt).toBe(noon)
  })

  it('leaves its events unchanged', () => {
    const [first, second] = [reported('a', 0, ad), reported('b', 40 * minute, null)]
    const assigned = assign([first, event('c', 1), second])
    expect([assigned.a?.session, assigned.b?.session]).toEqual([first.event.session, second.event.session])
  })
})

describe('the session of an earlier touch', () => {
  const carrier = (ms: number, ...earlier: EventSession[]) =>
    event('carrier', ms, { reported: session('s', ms), earlier })

  it.each<Row>([
    [
      'is joined by an event after its start',
      [carrier(2 * hour, session('j', 0)), event('a', 30 * minute)],
      { carrier: 's', a: 'j' },
    ],
    [
      'is joined by a late event before its start',
      [carrier(2 * hour, session('j', 0)), event('a', -minute)],
      { carrier: 's', a: 'j' },
    ],
    [
      'ends 30 minutes after its start, because nothing else is known',
      [carrier(2 * hour, session('j', 0)), event('a', 30 * minute + 1)],
      { carrier: 's', a: 'a' },
    ],
    [
      'is ended by another campaign, not by its own',
      [carrier(2 * hour, session('j', 0, ad)), page('a', 1, { url: ad }), page('b', 2, { url: mail })],
      { carrier: 's', a: 'j', b: 'b' },
    ],
    [
      'is one of several, each for its time',
      [carrier(4 * hour, session('j1', 0), session('j2', 2 * hour)), event('a', 1), event('b', 2 * hour + 1)],
      { carrier: 's', a: 'j1', b: 'j2' },
    ],
    [
      'does not change a stored session',
      [
        carrier(2 * hour, session('s1', 20 * minute, ad)),
        page('a', 5 * minute, { url: ad }),
        event('b', -30 * minute),
      ],
      { carrier: 's', a: 'a', b: 's1' },
      [known('s1', 0, minute, { landingUrl: mail })],
    ],
    [
      'does not extend a stored session',
      [carrier(2 * hour, session('s1', 20 * minute)), event('a', 45 * minute)],
      { carrier: 's', a: 'a' },
      [known('s1', 0, minute)],
    ],
  ])('%s', inAnyOrder)
})

describe('an event that joins', () => {
  const current = known('s', 0, 0, { landingUrl: ad })
  const joined = assign([event('a', minute, { url: mail })], [current]).a

  it('names the session and its start, and adds no source', () => {
    expect(joined?.session).toEqual({
      clientId: 's',
      startedAt: noon,
      landingUrl: null,
      referrerUrl: null,
      origin: { source: { utm: {}, isDirect: true } },
      isAssigned: false,
    })
  })

  it('leaves no touch', () => {
    expect(joined?.touches).toEqual([])
  })
})

describe('an event that opens a session', () => {
  it('has the origin of its arrival, and keeps its touch', () => {
    const opener = page('a', 0, { url: ad })
    const opened = assign([opener]).a
    expect(opened?.session).toBe(opener.event.arrival)
    expect(opened?.touches).toBe(opener.event.touches)
  })
})

describe('the result', () => {
  it('covers only events without a session that may have one', () => {
    const served = event('b', 0)
    const events = [
      event('a', 0, { reported: session('s', 0) }),
      { ...served, event: { ...served.event, arrival: undefined } },
      event('c', 1),
    ]
    expect([...assignSessions(events, [known('s', 0, 0)]).assignments.keys()]).toEqual([events[2]])
  })

  it('leaves the stored sessions unchanged', () => {
    const sessions = [known('s', 0, 0)]
    assign([event('a', minute, { user: 'alice' })], sessions)
    expect(sessions).toEqual([known('s', 0, 0)])
  })
})

describe('where sessions end at midnight', () => {
  const timeZone = 'Europe/Berlin' // an hour ahead: its midnight is 11 hours after noon
  const evening = 10 * hour + 50 * minute
  const night = 11 * hour
  const before = page('a', evening, { timeZone, url: ad })
  const after = event('b', night, { timeZone })
  const later = event('c', night + 5 * minute, { timeZone })

  it('an event of the last millisecond joins', () => {
    const last = event('b', night - 1, { timeZone })
    expect(assign([before, last]).b).toMatchObject({ session: { clientId: 'a' } })
  })

  it('an event after it has its own session, which begins with it and has the source of the other, without another touch', () => {
    expect(assign([before, after]).b).toMatchObject({
      session: {
        clientId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        startedAt: noon + night,
        landingUrl: ad,
        origin: { source: { utm: { source: 'ad' } } },
      },
      touches: [],
    })
  })

  it('all events of the new day have one session, in any order and any batches', () => {
    const { b } = sessionsOf([before, after])
    for (const order of permutations([before, after, later])) {
      expect(sessionsOf(order)).toEqual({ a: 'a', b, c: b })
    }
    const first = known('a', evening, evening, { landingUrl: ad })
    const second = known(`${b}`, night, night, { landingUrl: ad })
    for (const recent of [[first], [first, second], [second, first]]) {
      expect(sessionsOf([later], recent)).toEqual({ c: b })
    }
  })

  it('a late event of the day before has its own session', () => {
    const began = known('s', night + minute, night + minute)
    const late = event('a', night - 1, { timeZone })
    const lateToo = event('b', night - minute, { timeZone })
    const { a, b } = sessionsOf([late, lateToo], [began])
    expect([a, b]).toEqual([b, a])
    expect(['s', 'a', 'b']).not.toContain(a)
  })

  it('sessions of another website, without that setting, last through the night', () => {
    const elsewhere = [event('d', evening, { websiteId: 'w2' }), event('e', night, { websiteId: 'w2' })]
    expect(sessionsOf([before, ...elsewhere, after])).toMatchObject({ d: 'd', e: 'd' })
  })

  it('a page with another campaign opens a session with its key as id', () => {
    const byMail = page('b', night, { timeZone, url: mail })
    expect(assign([before, byMail]).b).toMatchObject({ session: { clientId: 'b', landingUrl: mail } })
  })
})

describe('a session that the collector assigned', () => {
  const assigned = (clientId: string, from: number, until: number, landingUrl = shop) =>
    known(clientId, from, until, { landingUrl, isAssigned: true })

  it('begins with a late event, which becomes its landing', () => {
    const { assignments, joined } = assignSessions(
      [page('a', 0, { url: `${shop}first` })],
      [assigned('s', 10, 20)],
    )
    const [assignment] = assignments.values()
    expect(assignment).toMatchObject({
      session: { clientId: 's', startedAt: noon, landingUrl: `${shop}first` },
      touches: [{ key: 'touch of a' }],
      reopens: true,
    })
    expect(joined).toEqual([])
  })

  it('is joined to the one before by an event between them', () => {
    const recent = [assigned('s1', 0, 0), assigned('s2', 50 * minute, 55 * minute)]
    for (const known of [recent, recent.toReversed()]) {
      const { assignments, joined } = assignSessions([event('a', 25 * minute)], known)
      expect([...assignments.values()]).toMatchObject([{ session: { clientId: 's1' }, touches: [] }])
      expect(joined).toMatchObject([{ clientId: 's2', into: { clientId: 's1' } }])
    }
  })

  it('is joined to one that a client reports', () => {
    const recent = [known('s1', 0, 0), assigned('s2', 50 * minute, 50 * minute)]
    expect(assignSessions([event('a', 25 * minute)], recent).joined).toMatchObject([
      { clientId: 's2', into: { clientId: 's1' } },
    ])
  })

  it('covers both after a join', () => {
    const recent = [assigned('s1', 0, 0), assigned('s2', 50 * minute, 60 * minute)]
    const events = [event('a', 25 * minute), event('b', 90 * minute), event('c', 121 * minute)]
    expect(sessionsOf(events, recent)).toEqual({ a: 's1', b: 's1', c: 'c' })
  })

  it.each<[string, OwnedEvent, RecentSession[]]>([
    ['over 30 minutes before it', event('a', 0), [assigned('s', 30 * minute + 1, 40 * minute)]],
    ['without its campaign', page('a', 0), [assigned('s', 10, 20, ad)]],
    ['with another campaign', page('a', 0, { url: mail }), [assigned('s', 10, 20, ad)]],
    [
      'of another user',
      event('a', 0, { user: 'bob' }),
      [known('s', 10, 20, { user: 'w1 user_id alice', isAssigned: true })],
    ],
    ['over 24 hours before its end', event('a', 0), [assigned('s', 10, 24 * hour + 1)]],
    [
      'of the day before, where sessions end at midnight',
      event('a', 11 * hour - 1, { timeZone: 'Europe/Berlin' }),
      [assigned('s', 11 * hour, 11 * hour)],
    ],
  ])('keeps its start for a late event %s, which opens its own', (_, late, recent) => {
    const { assignments, joined } = assignSessions([late], recent)
    expect([...assignments.values()].map(({ session, reopens }) => [session.clientId, reopens])).toEqual([
      ['a', undefined],
    ])
    expect(joined).toEqual([])
  })

  it('is not joined to one of another campaign by an event between them', () => {
    const recent = [assigned('s1', 0, 0), assigned('s2', 50 * minute, 50 * minute, ad)]
    expect(assignSessions([event('a', 25 * minute)], recent).joined).toEqual([])
  })

  it('is not joined if both together would last over 24 hours', () => {
    const recent = [
      assigned('s1', 0, 24 * hour - 40 * minute),
      assigned('s2', 24 * hour + minute, 24 * hour + minute),
    ]
    expect(assignSessions([event('a', 24 * hour - 20 * minute)], recent).joined).toEqual([])
  })
})
