/** The explanation of stored conversions, through the operation and the API. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { explanationText } from '../../cli/explanation-text.ts'
import { operations } from '../../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../../testing.ts'
import type { Explanation } from './explanation.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  let reader: string
  beforeAll(async () => {
    collector = await createTestCollector(await open())
    reader = await tokenOf(collector.websiteId)
  })
  beforeEach(async () => {
    await collector.clear()
    for (const table of ['credit_queue', 'conversion_rules']) await collector.db.query(`delete from ${table}`)
  })
  afterAll(() => collector.db.close())

  async function tokenOf(website: string, scopes = ['reports:read']): Promise<string> {
    const token = { website, name: `reader ${scopes}`, kind: 'secret', scopes }
    return (await operations['token.create'](collector, token)).token
  }
  const daysAgo = (days: number) => new Date(collector.clock.now - days * 86_400_000).toISOString()
  let visits = 0
  /** An event of a session that began with it. */
  function visit(days: number, query: string, fields: object = {}) {
    visits += 1
    return event({
      occurred_at: daysAgo(days),
      session: { ...session(`s${visits}`, `https://shop.example/${query}`), started_at: daysAgo(days) },
      ...fields,
    })
  }
  const purchase = (fields: object = {}) =>
    event({
      name: 'purchase',
      occurred_at: daysAgo(1),
      conversion: true,
      revenue_cents: 10_000,
      currency: 'EUR',
      conversion_id: '1001',
      ...fields,
    })
  const explain = (input: object = {}) =>
    operations.explain(collector, { website: collector.websiteId, conversion: '1001', ...input })
  const get = (path: string, token = reader) =>
    collector.app.request(path, { headers: { authorization: `Bearer ${token}` } })
  const centsOf = ({ touches }: Explanation, model: string) =>
    touches.flatMap(({ source, credit }) =>
      credit.flatMap((each) => (each.model === model && each.weight > 0 ? [[source, each.value_cents]] : [])),
    )
  const query = (sql: string) => collector.db.query(sql)

  it('shows every considered touch in order, with the cents of each model', async () => {
    await collector.send([
      visit(9, '?utm_source=google&utm_medium=cpc&utm_campaign=spring'),
      visit(5, '?utm_source=news&utm_medium=email'),
      visit(3, ''),
      purchase(),
    ])
    const explanation = await explain()
    expect(explanation.touches.map(({ channel, source, campaign }) => [channel, source, campaign])).toEqual([
      ['Paid Search', 'google', 'spring'],
      ['Email', 'news', null],
      ['Direct', null, null],
    ])
    expect(centsOf(explanation, 'first')).toEqual([['google', 10_000]])
    expect(centsOf(explanation, 'last')).toEqual([[null, 10_000]])
    expect(centsOf(explanation, 'last_non_direct')).toEqual([['news', 10_000]])
    expect(centsOf(explanation, 'linear')).toEqual([
      ['google', 3_334],
      ['news', 3_333],
      [null, 3_333],
    ])
    expect(explanation.models.map(({ value_cents }) => value_cents)).toEqual([10_000, 10_000, 10_000, 10_000])
    expect(explanation.touches[2]?.credit).toContainEqual({
      model: 'last_non_direct',
      weight: 0,
      value_cents: 0,
      reason: 'direct_excluded',
    })
    expect(explanation.not_counted).toEqual([])
    const text = explanationText(explanation)
    expect(text).toContain(
      'Direct | last 100.00 EUR, linear 33.33 EUR | left out as direct by last_non_direct',
    )
    expect(text).not.toContain('did not count')
    expect(text).toContain('Channels are those that the touches have today.')
    expect(explanation).toMatchObject({
      conversion: {
        name: 'purchase',
        conversion_id: '1001',
        value_cents: 10_000,
        currency: 'EUR',
        counted: true,
        not_counted: null,
        rule: null,
        lookback_days: 90,
        default_model: 'last_non_direct',
        attributed_touch_id: explanation.touches[1]?.id,
        version: 1,
      },
      person: { customers: [{ is_known: false }], merges: [] },
      order: null,
      versions: [{ version: 1, reason: 'first', moved: [] }],
      pending: false,
      not_listed: 0,
    })
  })

  it('under participation each touch has the whole value, and says so', async () => {
    await collector.send([visit(9, '?utm_source=a'), visit(5, '?utm_source=b'), purchase()])
    await query(`
      insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
      select website_id, conversion_id, 'participation', version, touch_id, 1, 10000 from conversion_credits where model = 'linear'`)
    const explanation = await explain()
    expect(centsOf(explanation, 'participation')).toEqual([
      ['a', 10_000],
      ['b', 10_000],
    ])
    expect(explanation.models.find(({ model }) => model === 'participation')).toMatchObject({
      value_cents: 20_000,
      weight: 2,
    })
  })

  it('names the reason of every touch that does not count', async () => {
    await collector.send([visit(20, '?utm_source=old'), visit(9, '?utm_source=a')])
    await query(
      `update touches set occurred_at = occurred_at - interval '80 days' where utm_source_id = (select id from utm_sources where value = 'old')`,
    )
    await collector.send([visit(3, ''), visit(2, '?utm_source=other', { anonymous_id: 'other' })])
    await collector.send([purchase()])
    const bot = { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' }
    await collector.post(JSON.stringify({ v: 1, events: [visit(7, '?utm_source=bot')] }), { headers: bot })
    await collector.send([visit(0, '?utm_source=late')])
    await query(`
      insert into customer_merges (website_id, from_customer_id, into_customer_id, cause, created_at, undone_at, undone_by)
      select o.website_id, o.id, c.customer_id, 'manual', now() - interval '2 hours', '2026-11-20T11:00:00Z', 'cli'
      from conversions c join customers o on o.website_id = c.website_id and o.id <> c.customer_id`)
    const { not_counted, person } = await explain()
    expect(not_counted.map(({ source, reason, separated_at }) => [source, reason, separated_at])).toEqual([
      ['old', 'older_than_lookback', null],
      ['bot', 'bot', null],
      ['other', 'other_person', '2026-11-20T11:00:00.000Z'],
      ['late', 'after_conversion', null],
    ])
    expect(person).toMatchObject({
      customers: [{}],
      merges: [{ cause: 'manual', undone_by: 'cli', undone_at: '2026-11-20T11:00:00.000Z' }],
    })
  })

  it('the touches of all customers of the person are considered', async () => {
    await collector.send([
      visit(9, '?utm_source=phone', { anonymous_id: 'phone' }),
      visit(5, '?utm_source=laptop'),
      purchase(),
    ])
    await query(`
      update customers k set merged_into_id = c.customer_id, status = 'merged'
      from conversions c where k.website_id = c.website_id and k.id <> c.customer_id`)
    const { touches, person, not_counted } = await explain()
    expect(touches.map(({ source }) => source)).toEqual(['phone', 'laptop'])
    expect([person.customers.length, not_counted]).toEqual([2, []])
  })

  it('shows how credit moved from version to version, and why', async () => {
    await collector.send([visit(9, '?utm_source=a'), visit(5, '?utm_source=b'), purchase()])
    await query(`
      insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
      select k.website_id, k.conversion_id, k.model, 2, t.id, k.weight, k.value_cents
      from conversion_credits k join touches t on t.website_id = k.website_id
      where k.model = 'last_non_direct' and t.id <> k.touch_id`)
    await query(
      `insert into credit_versions (website_id, conversion_id, version, reason) select website_id, id, 2, 'late_touch' from conversions`,
    )
    await query('update conversions set attribution_version = 2')
    const explanation = await explain()
    expect(explanation.versions.map(({ version, reason }) => [version, reason])).toEqual([
      [1, 'first'],
      [2, 'late_touch'],
    ])
    const moved = explanation.versions[1]?.moved.filter(({ model }) => model === 'last_non_direct')
    expect(moved?.map(({ cents_before, cents_after }) => [cents_before, cents_after])).toEqual([
      [null, 10_000],
      [10_000, null],
    ])
    expect(centsOf(explanation, 'last_non_direct')).toEqual([['a', 10_000]])
    expect(explanationText(explanation)).toMatch(
      /version 2, .*, a touch arrived late: Unassigned \(a\) \+100\.00 EUR, Unassigned \(b\) −100\.00 EUR/,
    )
  })

  it('says when the person waits to be credited again', async () => {
    await collector.send([visit(5, '?utm_source=a'), purchase()])
    await query(
      `insert into credit_queue (website_id, customer_id, reason) select website_id, customer_id, 'merge' from conversions`,
    )
    const explanation = await explain()
    expect(explanation).toMatchObject({ pending: true, pending_reasons: ['merge'] })
    expect(explanationText(explanation)).toContain('waits to be credited again (merge)')
  })

  describe('an order that was refunded', () => {
    beforeEach(async () => {
      await collector.send([visit(9, '?utm_source=a'), visit(5, '?utm_source=b'), purchase()])
      await collector.send([
        visit(0.5, '?utm_source=c'),
        purchase({ occurred_at: daysAgo(0), revenue_cents: -4_000 }),
      ])
    })
    const refundId = async () =>
      (await collector.rows<{ id: string }>('select id::text from conversions where value_cents < 0'))[0]
        ?.id ?? ''

    it('shows its refunds and what they leave', async () => {
      const explanation = await explain()
      expect(explanation.conversion.value_cents).toBe(10_000)
      expect(explanation.order).toEqual({
        refund_of: null,
        refunds: [
          { id: await refundId(), occurred_at: daysAgo(0), value_cents: -4_000, over_refund_cents: 0 },
        ],
        net_cents: 6_000,
        over_refund_cents: 0,
      })
    })

    it('explains a refund by the touches of the order, whose cents add up to the refund', async () => {
      const refund = await explain({ conversion: await refundId(), by: 'id' })
      expect(centsOf(refund, 'linear')).toEqual([
        ['a', -2_000],
        ['b', -2_000],
      ])
      expect(refund.not_counted.map(({ source, reason }) => [source, reason])).toEqual([
        ['c', 'after_conversion'],
      ])
      expect(refund.order?.refund_of).toMatchObject({ value_cents: 10_000 })
      expect(new Set(refund.models.map(({ value_cents }) => value_cents))).toEqual(new Set([-4_000]))
    })

    it('shows what refunds take back too much', async () => {
      await query('update conversions set over_refund_cents = 500 where value_cents < 0')
      const explanation = await explain()
      expect(explanation.order?.over_refund_cents).toBe(500)
      expect(explanationText(explanation)).toContain('5.00 EUR too much (over-refund)')
    })
  })

  it.each([
    ['once_per_customer', 'once for each customer'],
    ['once_per_session', 'once for each session'],
  ])(
    'a conversion that its rule does not count (%s) names the one that counts instead',
    async (counting, text) => {
      await collector.send([
        visit(5, '?utm_source=a'),
        purchase(),
        purchase({ conversion_id: '1002', occurred_at: daysAgo(0.5) }),
      ])
      await query(
        `insert into conversion_rules (website_id, name, position, matcher, counting) values (${collector.websiteId}, 'Purchases', 1, '{}', '${counting}')`,
      )
      await query('update conversions set rule_id = (select id from conversion_rules)')
      await query(
        `delete from conversion_credits where conversion_id = (select id from conversions where conversion_id = '1002')`,
      )
      await query(
        `update conversions set counted = false, session_id = (select min(id) from sessions_tracking) where conversion_id = '1002'`,
      )
      await query(`update conversions set session_id = (select min(id) from sessions_tracking)`)
      const [counts, not] = [await explain(), await explain({ conversion: '1002' })]
      expect(not.conversion).toMatchObject({
        counted: false,
        rule: { name: 'Purchases' },
        not_counted: { reason: counting, conversion: counts.conversion.id },
      })
      expect(not.touches[0]?.credit[0]).toMatchObject({ weight: 0, reason: 'conversion_not_counted' })
      expect(explanationText(not)).toContain(text)
    },
  )

  it('a conversion without touches is unattributed, one without a value shows shares', async () => {
    await collector.send([purchase()])
    expect(explanationText(await explain())).toContain('unattributed')
    await collector.send([
      visit(5, '?utm_source=a'),
      event({ name: 'signup', conversion: true, conversion_id: 'x' }),
    ])
    const signup = await explain({ conversion: 'x' })
    expect(signup.models[0]).toMatchObject({ value_cents: null, weight: 1 })
    expect(explanationText(signup)).toContain('linear 100 %')
  })

  describe('is found', () => {
    beforeEach(() => collector.send([visit(5, '?utm_source=a'), purchase()]))
    const id = async () => (await explain()).conversion.id

    it('by its id or its order number', async () => {
      expect((await explain({ conversion: await id() })).conversion.conversion_id).toBe('1001')
      await expect(explain({ conversion: 'none' })).rejects.toThrow(
        'no conversion with the order number none',
      )
      await expect(explain({ conversion: '999999', by: 'id' })).rejects.toThrow('has no conversion 999999')
      await expect(explain({ conversion: '1001', name: 'signup' })).rejects.toThrow(
        'no conversion named signup',
      )
      await expect(explain({ conversion: '1', by: 'id', name: 'purchase' })).rejects.toThrow(
        '`name` has no use beside an id',
      )
    })

    it('only if what was passed means one', async () => {
      await collector.send([
        purchase({ name: 'subscription' }),
        purchase({ conversion_id: await id(), name: 'renewal' }),
      ])
      await expect(explain()).rejects.toThrow('Several conversions have the order number 1001')
      expect((await explain({ name: 'subscription' })).conversion.name).toBe('subscription')
      const first = (await explain({ name: 'purchase' })).conversion.id
      await expect(explain({ conversion: first })).rejects.toThrow('--by id or --by order')
      expect((await explain({ conversion: first, by: 'order' })).conversion.name).toBe('renewal')
    })

    it('over the API, by a token that may read reports', async () => {
      const byId = await get(`/v1/conversions/${await id()}/explain`)
      expect(await byId.json()).toMatchObject({ conversion: { conversion_id: '1001' } })
      const byOrder = await get('/v1/explain?name=purchase&conversion_id=1001')
      expect(await byOrder.json()).toMatchObject({
        conversion: { id: await id() },
        touches: [{ source: 'a' }],
      })
      expect((await get('/v1/explain?conversion_id=1002')).status).toBe(404)
      expect((await get('/v1/explain')).status).toBe(400)
      expect((await get('/v1/conversions/abc/explain')).status).toBe(404)
      const writer = await tokenOf(collector.websiteId, ['events:write'])
      expect((await get(`/v1/conversions/${await id()}/explain`, writer)).status).toBe(403)
    })

    it('only within its website', async () => {
      const other = await operations['website.create'](collector, {
        name: 'Other',
        url: 'https://other.example',
      })
      const token = await tokenOf(other.id)
      expect((await get(`/v1/conversions/${await id()}/explain`, token)).status).toBe(404)
      expect((await get('/v1/explain?conversion_id=1001', token)).status).toBe(404)
    })
  })
})
