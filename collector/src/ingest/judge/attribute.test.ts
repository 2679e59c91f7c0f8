/** The touches of an event. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../secrets.ts'
import { testToken } from '../../websites/testing.ts'
import { attribute } from './attribute.ts'
import { createEnricher } from './enrich.ts'

const at = Date.parse('2026-11-20T12:00:00Z')
const shop = 'https://shop.example/'

function touchesOf(fields: Partial<WireEvent>) {
  const wire: WireEvent = {
    idempotency_key: 'k',
    type: 'page',
    name: '/',
    occurred_at: '',
    anonymous_id: 'a',
    ...fields,
  }
  const times = { occurredAt: at, sessionStartedAt: at - 60_000, touchedAt: [] }
  const { enrich } = createEnricher(createSecrets('pepper'))
  const touches = attribute({ wire, occurredAt: at, ...enrich(wire, times, testToken()) })
  return touches.map(({ type, at, origin: { source } }) => ({
    type,
    before: times.occurredAt - at,
    ...source,
  }))
}

const wireSession = (more: object = {}) => ({ id: 's', started_at: '', landing_url: shop, ...more })

describe('an event has', () => {
  it.each<[string, Partial<WireEvent>, object[]]>([
    ['no touch without a session or a campaign', { url: shop }, []],
    [
      'the landing touch of its session, at its start',
      { session: wireSession() },
      [{ type: 'landing', before: 60_000, isDirect: true }],
    ],
    [
      'the campaign that the SDK read from the landing',
      { session: wireSession({ utm: { source: 'a' }, click_ids: { gclid: 'X' } }) },
      [{ utm: { source: 'a' }, clickIdType: 'gclid', clickIdValue: 'X', isDirect: false }],
    ],
    [
      'the referrer of its session',
      { session: wireSession({ referrer_url: 'https://www.bing.com/' }) },
      [{ referrerDomain: 'bing.com' }],
    ],
    [
      'no touch if the session came from the site itself',
      { session: wireSession({ referrer_url: `${shop}cart` }) },
      [],
    ],
    [
      'no touch if the session reports neither page nor source',
      { session: wireSession({ landing_url: undefined }) },
      [],
    ],
    [
      'the source of a session that reports no page',
      { session: wireSession({ landing_url: undefined, utm: { source: 'app' } }) },
      [{ utm: { source: 'app' }, isDirect: false }],
    ],
    [
      'the landing’s campaign once, if a page of the session shows it again without the referrer',
      {
        session: wireSession({ landing_url: `${shop}?gclid=X`, referrer_url: 'https://www.google.com/' }),
        url: `${shop}?gclid=X`,
      },
      [{ clickIdValue: 'X', referrerDomain: 'google.com' }],
    ],
    [
      'the campaign in its own address, at its own time',
      { url: `${shop}?utm_source=b` },
      [{ utm: { source: 'b' }, before: 0 }],
    ],
    [
      'that campaign once, if it is the landing’s',
      { session: wireSession({ landing_url: `${shop}?utm_source=b` }), url: `${shop}?utm_source=b` },
      [{ before: 60_000 }],
    ],
    ['no campaign if it is not a page view', { type: 'track', url: `${shop}?utm_source=b` }, []],
    [
      'the contact that it reports',
      { type: 'touch', name: 'email_open' },
      [{ type: 'email_open', before: 0, isDirect: false }],
    ],
  ])('%s', (_, fields, expected) => {
    const touches = touchesOf(fields)
    expect(touches).toHaveLength(expected.length)
    expect(touches).toMatchObject(expected)
  })
})
