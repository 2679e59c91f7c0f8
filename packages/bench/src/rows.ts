/** The events of every run: a shop's visitors who arrive through campaigns, read pages, and sometimes buy. */
import { randomUUID } from 'node:crypto'
import type { WireEvent, WireSession } from '@headwater/contract'

/** Creates events one after another; those of one traffic share its visitors, but never a key. */
export interface Traffic {
  next(): WireEvent
}

export interface Visitor {
  anonymousId: string
  session: WireSession
  /** Epoch ms of the latest event. */
  at: number
  seq: number
}

const origin = 'https://shop.example'
const sources = ['google', 'facebook', 'newsletter', 'bing', 'partner'] as const
const mediums = {
  google: 'cpc',
  facebook: 'paid_social',
  newsletter: 'email',
  bing: 'cpc',
  partner: 'affiliate',
}
const referrers = ['https://www.google.com/', 'https://news.example.org/best-shoes', undefined] as const
const paths = Array.from({ length: 60 }, (_, i) => `/products/category-${i % 6}/article-${1_000 + i}`)
const actions = ['add_to_cart', 'search', 'select_variant', 'scroll', 'open_reviews'] as const
/** How long ago sessions began. */
export const sessionMs = 20 * 60_000
/** About 1 %; a prime, so that it is not always the same few visitors who buy. */
const eventsPerPurchase = 101

/**
 * Events of `visitors` people (default 2,000), all within the 20 minutes before now; `inARow` of them (default 1) come from
 * the same visitor before the next one's turn.
 */
export function createTraffic({ visitors: count = 2_000, inARow = 1 } = {}): Traffic {
  const startedAt = Date.now() - sessionMs
  const visitors = Array.from({ length: count }, (_, i) => createVisitor(i, startedAt))
  let made = 0
  return {
    next() {
      // A prime: each visitor has a turn, and neighbours in a batch are strangers.
      const turn = Math.floor(made / inARow) * 7_919
      made += 1
      return createEvent(visitors[turn % count] as Visitor, made) // the remainder is an index
    },
  }
}

/** A visitor whose session has just begun; `i` decides where it came from, `anonymousId` is a new one by default. */
export function createVisitor(i: number, startedAt: number, anonymousId = uuidV7(startedAt)): Visitor {
  const source = sources[i % sources.length] as (typeof sources)[number] // the remainder is an index
  const landing = `${origin}${paths[i % paths.length]}`
  const utm = { source, medium: mediums[source], campaign: `autumn-${i % 40}` }
  const isCampaign = i % 10 < 6 // the rest comes by referrer, or directly
  const query = `utm_source=${utm.source}&utm_medium=${utm.medium}&utm_campaign=${utm.campaign}`
  const session: WireSession = {
    id: uuidV7(startedAt),
    started_at: new Date(startedAt).toISOString(),
    landing_url: isCampaign ? `${landing}?${query}` : landing,
    ...(!isCampaign && { referrer_url: referrers[i % referrers.length] }),
  }
  return { anonymousId, session, at: startedAt, seq: 0 }
}

/** The visitor's next event; `i` decides what it is about. */
export function createEvent(visitor: Visitor, i: number): WireEvent {
  visitor.at = Math.min(visitor.at + 900, Date.now())
  visitor.seq += 1
  const kind = kindOf(visitor.seq, i)
  return {
    idempotency_key: uuidV7(visitor.at),
    type: kind === 'page' ? 'page' : 'track',
    name: kind === 'page' ? 'page' : kind,
    occurred_at: new Date(visitor.at).toISOString(),
    stream: visitor.session.id,
    seq: visitor.seq,
    anonymous_id: visitor.anonymousId,
    session: visitor.session,
    url: visitor.seq === 1 ? visitor.session.landing_url : `${origin}${paths[i % paths.length]}`,
    title: `Article ${1_000 + (i % paths.length)} – Shoes and more – Example Shop`,
    props: propsOf(i),
    ...(kind === 'purchase' && order(i)),
  }
}

function kindOf(seq: number, i: number): string {
  if (i % eventsPerPurchase === 0) return 'purchase'
  return seq % 3 === 0 ? (actions[i % actions.length] as string) : 'page' // the remainder is an index
}

const order = (i: number) => ({
  conversion: true,
  conversion_id: randomUUID(),
  revenue_cents: 1_999 + (i % 9_000),
  currency: 'EUR',
})

/** About 150 bytes of JSON. */
const propsOf = (i: number) => ({
  sku: `SKU-${100_000 + (i % 5_000)}`,
  price_cents: 1_999 + (i % 9_000),
  quantity: 1 + (i % 3),
  variant: { colour: i % 2 ? 'midnight blue' : 'sand', size: 36 + (i % 10) },
  list: 'recommended for you',
  logged_in: i % 4 === 0,
})

/** As the SDK makes its keys: ordered by time, random within a millisecond. */
function uuidV7(at: number): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
