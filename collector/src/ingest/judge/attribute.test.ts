/** Which touches an event proves. */
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

const visit = (more: object = {}) => ({ id: 's', started_at: '', landing_url: shop, ...more })

describe('an event proves', () => {
  it.each<[string, Partial<WireEvent>, object[]]>([
    ['nothing without a visit or a campaign', { url: shop }, []],
    [
      'the landing of its visit, at its start',
      { session: visit() },
      [{ type: 'landing', before: 60_000, isDirect: true }],
    ],
    [
      'the campaign that the SDK took from the landing',
      { session: visit({ utm: { source: 'a' }, click_ids: { gclid: 'X' } }) },
      [{ utm: { source: 'a' }, clickIdType: 'gclid', clickIdValue: 'X', isDirect: false }],
    ],
    [
      'the referrer of its visit',
      { session: visit({ referrer_url: 'https://www.bing.com/' }) },
      [{ referrerDomain: 'bing.com' }],
    ],
    [
      'no touch when the visit came from the site itself',
      { session: visit({ referrer_url: `${shop}cart` }) },
      [],
    ],
    [
      'no touch when the visit tells neither page nor source',
      { session: visit({ landing_url: undefined }) },
      [],
    ],
    [
      'the source of a visit that tells no page',
      { session: visit({ landing_url: undefined, utm: { source: 'app' } }) },
      [{ utm: { source: 'app' }, isDirect: false }],
    ],
    [
      'the landing’s campaign once, when a page of the visit shows it again without the referrer',
      {
        session: visit({ landing_url: `${shop}?gclid=X`, referrer_url: 'https://www.google.com/' }),
        url: `${shop}?gclid=X`,
      },
      [{ clickIdValue: 'X', referrerDomain: 'google.com' }],
    ],
    [
      'a campaign in its own address, when it happened',
      { url: `${shop}?utm_source=b` },
      [{ utm: { source: 'b' }, before: 0 }],
    ],
    [
      'that campaign once, when it is the landing’s',
      { session: visit({ landing_url: `${shop}?utm_source=b` }), url: `${shop}?utm_source=b` },
      [{ before: 60_000 }],
    ],
    ['no campaign when it is no page view', { type: 'track', url: `${shop}?utm_source=b` }, []],
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
