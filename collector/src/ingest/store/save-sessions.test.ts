/** How a session is stored if its events come from several subdomains, in any order. */

import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const landing = 'https://shop.example/?utm_source=news&utm_campaign=spring'
  const referrer_url = 'https://duckduckgo.com/'
  const landed = () => event({ session: session('s', landing, { referrer_url }) })
  const elsewhere = (more: object = {}) =>
    event({ session: { id: 's', started_at: new Date(noon - 120_000).toISOString(), ...more } })
  const sessions = () =>
    collector.rows(`
      select s.landing_url, s.referrer_url, u.value as source, c.value as campaign, r.domain, p.path
      from sessions_tracking s
      left join utm_sources u on u.website_id = s.website_id and u.id = s.utm_source_id
      left join utm_campaigns c on c.website_id = s.website_id and c.id = s.utm_campaign_id
      left join referrer_domains r on r.website_id = s.website_id and r.id = s.referrer_domain_id
      left join landing_pages p on p.website_id = s.website_id and p.id = s.landing_page_id`)
  const whole = {
    landing_url: landing,
    referrer_url,
    source: 'news',
    campaign: 'spring',
    domain: 'duckduckgo.com',
    path: '/',
  }

  describe('a session continued on another subdomain, which knows only its id', () => {
    it('opens without a landing and leaves no touch', async () => {
      await collector.send([elsewhere()])
      expect(await sessions()).toEqual([
        { landing_url: null, referrer_url: null, source: null, campaign: null, domain: null, path: null },
      ])
      expect(await collector.count('touches')).toBe(0)
    })

    it.each([
      ['later', () => [[elsewhere()], [landed()]]],
      ['before', () => [[landed()], [elsewhere()]]],
      ['in the same batch', () => [[elsewhere(), landed(), elsewhere()]]],
      [
        'with another one later, which changes nothing',
        () => [[elsewhere()], [landed()], [event({ session: session('s') })]],
      ],
    ])('gets its landing from the events that report it, %s', async (_, batches) => {
      for (const batch of batches()) await collector.send(batch)
      expect(await sessions()).toEqual([whole])
    })

    it('that has a source but no page leaves its touch, and still gets the whole landing', async () => {
      await collector.send([elsewhere({ utm: { source: 'app' } })])
      expect(await collector.rows('select is_direct from touches')).toEqual([{ is_direct: false }])
      await collector.send([landed()])
      expect(await sessions()).toEqual([whole])
    })
  })
})
