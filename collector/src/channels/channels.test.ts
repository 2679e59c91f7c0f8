/** The channels of touches: at ingest, after a change of the rules, and applied to stored touches. */
import type { ChannelRule } from '@headwater/attribution/channels'
import { onBothDatabases } from '@headwater/db/testing'
import { hasVectors, readVectors, type Vector } from '@headwater/testkit/published-vectors'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { advanceJob } from '../jobs.ts'
import { operations } from '../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../testing.ts'
import type { StoredSettings } from '../websites/settings.ts'
import { loadTouchSources } from './apply-channels.ts'
import { loadChannelSettings } from './channel-settings.ts'
import { placeStoredTouch } from './moved-touch.ts'

const partners: ChannelRule = {
  channel: 'Partners',
  conditions: [{ field: 'source', op: 'is', value: 'partner.example' }],
}
const calls: ChannelRule = {
  channel: 'Calls',
  conditions: [{ field: 'touch_type', op: 'is', value: 'call' }],
}

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(async () => {
    await collector.clear()
    await collector.db.query('delete from credit_queue')
    await change({ channel_ruleset: 'headwater', channel_rules: [] })
  })
  afterAll(() => collector.db.close())

  async function change(settings: StoredSettings): Promise<void> {
    await operations['website.settings'](collector, { website: collector.websiteId, ...settings })
    collector.clock.now += 10_000 // collectors read the settings again after 5 s
  }
  let visits = 0
  function visit(
    query: string,
    { referrer, ...fields }: { referrer?: string } & Record<string, unknown> = {},
  ) {
    visits += 1
    const url = `https://shop.example/${query}`
    return event({
      anonymous_id: `visitor-${visits}`,
      session: session(`s${visits}`, url, referrer ? { referrer_url: `https://${referrer}/` } : {}),
      ...fields,
    })
  }
  const channelRows = () =>
    collector.rows('select channel, channel_ruleset, is_paid, is_bot from touches order by id')

  describe('a touch', () => {
    it('is stored with its channel, the rules that named it, and whether it was bought', async () => {
      await collector.send([
        visit('?utm_source=google&utm_medium=cpc'),
        visit('', { referrer: 'chatgpt.com' }),
        visit(''),
        visit('?utm_source=adwords'),
      ])
      const ruleset = { channel_ruleset: 'headwater@1', is_bot: false }
      expect(await channelRows()).toEqual([
        { channel: 'Paid Search', is_paid: true, ...ruleset },
        { channel: 'AI Assistant', is_paid: false, ...ruleset },
        { channel: 'Direct', is_paid: false, ...ruleset },
        { channel: 'Paid Search', is_paid: true, ...ruleset },
      ])
    })

    it('follows the rules of its website within seconds of a change', async () => {
      await collector.send([
        visit('?utm_source=partner.example'),
        visit('?utm_source=news&utm_medium=affiliates'),
      ])
      await change({ channel_ruleset: 'ga4', channel_rules: [partners] })
      await collector.send([
        visit('?utm_source=partner.example'),
        visit('?utm_source=news&utm_medium=affiliates'),
      ])
      const rows = await collector.rows<{ channel: string; channel_ruleset: string }>(
        'select channel, channel_ruleset from touches order by id',
      )
      expect(rows.map(({ channel }) => channel)).toEqual([
        'Unassigned',
        'Affiliates',
        'Partners',
        'Unassigned',
      ])
      expect(rows[3]?.channel_ruleset).toMatch(/^ga4@1\+[0-9a-f]{8}$/)
    })

    it('that a client reports is placed by its type too', async () => {
      await change({ channel_rules: [calls] })
      await collector.send([
        event({ type: 'touch', name: 'call' }),
        event({ type: 'touch', name: 'email_open' }),
      ])
      expect(await collector.rows('select channel from touches order by type')).toEqual([
        { channel: 'Calls' },
        { channel: 'Unassigned' },
      ])
    })
  })

  describe('a touch of a bot', () => {
    const crawler = {
      'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    }
    const post = async (headers: Record<string, string>, ...events: unknown[]) => {
      const response = await collector.post(JSON.stringify({ v: 1, events }), { headers })
      expect(response.status).toBe(200)
    }
    const isBot = () => collector.rows('select is_bot from touches order by id')
    const landing = (fields: object = {}) =>
      event({ session: session('shared', 'https://shop.example/?utm_source=a'), ...fields })

    it('is marked', async () => {
      await post(crawler, visit('?utm_source=a'))
      await post({}, visit('?utm_source=a'))
      expect(await isBot()).toEqual([{ is_bot: true }, { is_bot: false }])
    })

    it.each([
      ['before', [crawler, {}]],
      ['after', [{}, crawler]],
    ])(
      'is a person’s when a person shows the same touch, also when the bot came %s',
      async (_, [first, second]) => {
        await post(first ?? {}, landing())
        await post(second ?? {}, landing())
        expect(await isBot()).toEqual([{ is_bot: false }])
      },
    )
  })

  describe('applying', () => {
    const website = () => ({ website: collector.websiteId })
    const preview = () => operations['channels.preview'](collector, website())
    const start = () => operations['channels.apply'](collector, website())
    /** As if the latest change were a minute ago. */
    const settle = async () => {
      await collector.db.query(`update websites set updated_at = now() - interval '1 minute'`)
      await collector.db.query('update background_jobs set run_at = now()')
    }
    const advance = (job: string) => advanceJob(collector.db, { ...website(), job })
    const applied = async () => {
      const job = await start()
      await settle()
      return advance(job.id)
    }
    const purchase = (fields: object = {}) =>
      visit('?utm_source=partner.example', {
        name: 'purchase',
        conversion: true,
        revenue_cents: 1_000,
        currency: 'EUR',
        ...fields,
      })

    it('shows beforehand what would move, with its conversions and their value', async () => {
      await collector.send([
        purchase(),
        purchase({ currency: 'USD' }),
        visit('?utm_source=partner.example'),
        visit('?utm_source=google&utm_medium=cpc'),
      ])
      await change({ channel_rules: [partners] })
      expect(await preview()).toMatchObject({
        touches: 4,
        renamed: 1,
        conversions: 2,
        cursor: null,
        moves: [
          {
            from: 'Unassigned',
            to: 'Partners',
            touches: 3,
            conversions: 2,
            value: [
              { currency: 'EUR', cents: 1_000 },
              { currency: 'USD', cents: 1_000 },
            ],
          },
        ],
      })
      expect(await collector.count('credit_queue')).toBe(0)
    })

    it('moves the touches, and queues the customers whose touches moved', async () => {
      await collector.send([purchase(), visit('?utm_source=google&utm_medium=cpc')])
      await change({ channel_rules: [partners] })
      expect(await applied()).toMatchObject({ status: 'done', done: 2, total: 2, error: null })
      const rows = await collector.rows<{ channel: string; channel_ruleset: string }>(
        'select channel, channel_ruleset from touches order by id',
      )
      expect(rows.map(({ channel }) => channel)).toEqual(['Partners', 'Paid Search'])
      expect(new Set(rows.map(({ channel_ruleset }) => channel_ruleset)).size).toBe(1)
      expect(
        await collector.rows(
          'select customer_id = (select min(id) from customers) as buyer, reason from credit_queue',
        ),
      ).toEqual([{ buyer: true, reason: 'channel_changed' }])
      expect((await preview()).moves).toEqual([])
    })

    it('places touches that were stored before channels were', async () => {
      await collector.send([visit('?utm_source=google&utm_medium=cpc')])
      await collector.db.query('update touches set channel = null, channel_ruleset = null, is_paid = false')
      expect((await preview()).moves).toMatchObject([{ from: null, to: 'Paid Search', touches: 1 }])
      await applied()
      expect(await channelRows()).toMatchObject([{ channel: 'Paid Search', is_paid: true }])
    })

    it('keeps the channel of a touch whose values were beyond the limit of a day', async () => {
      await collector.send([visit('?utm_source=google&utm_medium=cpc')])
      await collector.db.query(`update utm_sources set value = '(other)' where value = 'google'`)
      await change({ channel_ruleset: 'ga4' })
      await applied()
      expect(await channelRows()).toMatchObject([{ channel: 'Paid Search', channel_ruleset: 'headwater@1' }])
      await collector.db.query(`update utm_sources set value = 'google' where value = '(other)'`)
    })

    it('waits until every collector uses the new rules', async () => {
      await change({ channel_ruleset: 'ga4' })
      const job = await operations['channels.apply'](collector, website())
      expect(await advanceJob(collector.db, { ...website(), job: job.id })).toMatchObject({
        status: 'waiting',
        done: 0,
      })
    })

    it('is not started twice at once', async () => {
      const jobs = await Promise.all([start(), start(), start()])
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
      await settle()
      await advance(jobs[0].id)
      expect((await start()).id).not.toBe(jobs[0].id)
    })

    it('begins again when the rules change meanwhile, so that all touches end by the newest ones', async () => {
      await change({ channel_rules: [calls] })
      for (let i = 0; i < 3; i++)
        await collector.send(
          Array.from({ length: 400 }, () => visit('?utm_source=partner.example', { anonymous_id: 'one' })),
        )
      await change({ channel_ruleset: 'ga4', channel_rules: [] })
      const { id } = await start()
      await settle()
      await collector.workOnJob() // the first 1,000 touches
      await change({ channel_rules: [partners] })
      expect(await advance(id)).toMatchObject({ status: 'waiting' })
      await settle()
      expect(await advance(id)).toMatchObject({ status: 'done', done: 1_200, total: 1_200 })
      expect(
        await collector.rows(
          'select channel, count(*)::float8 as n, count(distinct channel_ruleset)::float8 as rules from touches group by 1',
        ),
      ).toEqual([{ channel: 'Partners', n: 1_200, rules: 1 }])
    })

    it('over the API needs an admin, who follows the job', async () => {
      const make = async (scope: string) =>
        (
          await operations['token.create'](collector, {
            ...website(),
            name: `${scope} ${Math.random()}`,
            kind: 'secret',
            scopes: [scope],
          })
        ).token
      const [reader, admin] = [await make('reports:read'), await make('admin')]
      const call = (token: string, path: string, method = 'GET') =>
        collector.app.request(path, { method, headers: { authorization: `Bearer ${token}` } })
      expect((await call(reader, '/v1/channels/apply', 'POST')).status).toBe(403)
      const started = await call(admin, '/v1/channels/apply', 'POST')
      expect(started.status).toBe(202)
      const { id } = (await started.json()) as { id: string }
      expect(await (await call(reader, `/v1/jobs/${id}`)).json()).toMatchObject({
        id,
        kind: 'apply_channels',
      })
      expect(await (await call(reader, '/v1/jobs')).json()).toMatchObject({ jobs: [{ id }] })
      expect((await call(reader, '/v1/jobs/999999')).status).toBe(404)
      expect((await call(reader, '/v1/channels/apply?cursor=x')).status).toBe(400)
      expect(await (await call(reader, '/v1/channels')).json()).toMatchObject({
        ruleset: 'headwater@1',
        rules: [],
      })
      expect(await (await call(reader, '/v1/channels/apply')).json()).toMatchObject({
        moves: [],
        cursor: null,
      })
    })
  })

  describe('a stored touch has the channel that its arrival got', () => {
    const rulesOf = async () => (await loadChannelSettings(collector.db, collector.websiteId)).rules
    async function expectAgreement(events: unknown[]): Promise<void> {
      for (const settings of [
        { channel_ruleset: 'headwater', channel_rules: [] },
        { channel_ruleset: 'ga4', channel_rules: [partners, calls] },
      ] satisfies StoredSettings[]) {
        await collector.clear()
        await change(settings)
        for (let at = 0; at < events.length; at += 500) await collector.send(events.slice(at, at + 500))
        const rules = await rulesOf()
        const rows = await loadTouchSources(collector.db, {
          websiteId: collector.websiteId,
          after: '0',
          limit: 10_000,
        })
        expect(rows.length).toBeGreaterThan(0)
        expect(
          rows.map((row) => placeStoredTouch(row, rules)).filter(({ isOutdated }) => isOutdated),
        ).toEqual([])
      }
    }

    it('for any source', async () => {
      const text = fc.oneof(
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        fc.constantFrom(
          'google',
          'Google',
          ' x.com ',
          'facebook_ads',
          'CPC',
          'email',
          'social',
          'partner.example',
          '(other',
        ),
      )
      const arrival = fc.record(
        {
          utm_source: text,
          utm_medium: text,
          utm_campaign: text,
          utm_term: text,
          utm_content: text,
          gclid: fc.constant('X'),
          fbclid: fc.constant('Y'),
          mc_eid: fc.constant('Z'),
        },
        { requiredKeys: [] },
      )
      const referrer = fc.constantFrom(
        undefined,
        'www.google.de',
        'm.facebook.com',
        'claude.ai',
        'blog.example',
      )
      const arrivals = fc.sample(fc.tuple(arrival, referrer), { numRuns: 300, seed: 8 })
      await expectAgreement(
        arrivals.map(([query, from]) => visit(`?${new URLSearchParams(query)}`, { referrer: from })),
      )
    })

    it.skipIf(!hasVectors)('for the sources of all published vectors', async () => {
      type Input = Record<string, string | null | undefined>
      const vectors = ['channel-grouping', 'referrers', 'click-ids'].flatMap((file) =>
        readVectors<Vector<Input, unknown>>(file),
      )
      const events = vectors.map(({ input }) => {
        const { source, medium, campaign, landing_query: query } = input
        const tags = Object.entries({ utm_source: source, utm_medium: medium, utm_campaign: campaign })
        const given = tags.filter((tag): tag is [string, string] => Boolean(tag[1]))
        const clickId = input.click_id_param ? [[input.click_id_param, 'X'] as [string, string]] : []
        const referrer = input.referrer?.replace(/^https?:\/\//, '').replace(/\/$/, '')
        return visit(query ?? `?${new URLSearchParams([...given, ...clickId])}`, {
          referrer: referrer ?? undefined,
        })
      })
      await expectAgreement(events)
    })
  })
})
