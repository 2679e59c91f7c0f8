import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestCollector, event, session, type TestCollector } from '../testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.db.query('truncate customers, identities, events, event_dedup_keys cascade'))
  afterAll(() => collector.db.close())

  const minutesAgo = (minutes: number) => new Date(collector.clock.now - minutes * 60_000).toISOString()
  const visit = (id: string, minutes: number, query = '', more: object = {}) => ({
    occurred_at: minutesAgo(minutes),
    session: { ...session(id, `https://shop.example/${query}`), started_at: minutesAgo(minutes), ...more },
  })
  const purchase = (fields: object) =>
    event({ name: 'purchase', conversion: true, revenue_cents: 10_000, currency: 'EUR', ...fields })

  interface Credit {
    model: string
    touch: string
    weight: number
    value: number
  }
  const credits = () =>
    collector.rows<Credit>(`
      select k.model, coalesce(s.value, r.domain, 'direct') as touch, round(k.weight::numeric, 3)::float8 as weight, k.value_cents::float8 as value
      from conversion_credits k
      join touches t on t.website_id = k.website_id and t.id = k.touch_id
      left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
      left join referrer_domains r on r.website_id = t.website_id and r.id = t.referrer_domain_id
      order by k.model, t.occurred_at`)

  it('a purchase after a paid, an organic and a direct session is credited by four models, to the cent', async () => {
    await collector.send([
      event(visit('1', 300, '?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=X1')),
      event(visit('2', 200, '', { referrer_url: 'https://duckduckgo.com/' })),
      purchase(visit('3', 100)),
    ])
    expect(await credits()).toEqual([
      { model: 'first', touch: 'google', weight: 1, value: 10_000 },
      { model: 'last', touch: 'direct', weight: 1, value: 10_000 },
      { model: 'last_non_direct', touch: 'duckduckgo.com', weight: 1, value: 10_000 },
      { model: 'linear', touch: 'google', weight: 0.333, value: 3_334 },
      { model: 'linear', touch: 'duckduckgo.com', weight: 0.333, value: 3_333 },
      { model: 'linear', touch: 'direct', weight: 0.333, value: 3_333 },
    ])
    const [conversion] = await collector.rows(`
      select c.first_touch_id = k.first_touch_id as first, c.attributed_touch_id = c.last_non_direct_touch_id as attributed, c.attribution_model
      from conversions c join customers k on k.website_id = c.website_id and k.id = c.customer_id`)
    expect(conversion).toEqual({ first: true, attributed: true, attribution_model: 'last_non_direct' })
  })

  it('a landing reported by many events is one touch, at the earliest time, in any order of arrival', async () => {
    const landing = {
      session: { ...session('1', 'https://shop.example/?utm_source=a'), started_at: minutesAgo(60) },
    }
    await collector.send([event({ ...landing, occurred_at: minutesAgo(30) })])
    await collector.send([
      event({ session: { ...landing.session, started_at: minutesAgo(70) }, occurred_at: minutesAgo(70) }),
    ])
    expect(await collector.rows('select occurred_at from touches')).toEqual([
      { occurred_at: new Date(minutesAgo(70)) },
    ])
    const [visited] = await collector.rows(
      'select duration_ms::float8 as duration, view_count, is_bounced from sessions_tracking',
    )
    expect(visited).toEqual({ duration: 40 * 60_000, view_count: 0, is_bounced: false })
  })

  it('a session that begins on the site itself, or returns from the payment provider, opens no touch', async () => {
    await collector.send([
      event(visit('1', 60, '?utm_source=a')),
      event(visit('2', 20, '', { referrer_url: 'https://shop.example/cart' })),
      purchase(visit('3', 10, '', { referrer_url: 'https://www.paypal.com/checkout' })),
    ])
    expect([await collector.count('sessions_tracking'), await collector.count('touches')]).toEqual([3, 1])
    expect((await credits()).map(({ touch }) => touch)).toEqual(['a', 'a', 'a', 'a'])
  })

  it('a reported contact is never direct, even if it names no source', async () => {
    await collector.send([
      event({
        type: 'touch',
        name: 'email_open',
        user_id: 'u',
        occurred_at: minutesAgo(30),
        session: visit('1', 40).session,
      }),
      event({
        type: 'touch',
        name: 'ad_click',
        user_id: 'u',
        occurred_at: minutesAgo(20),
        url: 'https://shop.example/?utm_source=a',
      }),
    ])
    expect(await collector.rows('select type, is_direct from touches order by occurred_at')).toEqual([
      { type: 'landing', is_direct: true },
      { type: 'email_open', is_direct: false },
      { type: 'ad_click', is_direct: false },
    ])
  })

  it('a page view with a campaign in its address is a touch of its own within the session', async () => {
    await collector.send([
      event({ ...visit('1', 60), type: 'page', name: '/' }),
      event({
        ...visit('1', 60),
        type: 'page',
        name: '/',
        occurred_at: minutesAgo(50),
        url: 'https://shop.example/?utm_source=mail&utm_medium=email',
      }),
    ])
    expect(await collector.rows('select is_direct from touches order by occurred_at')).toEqual([
      { is_direct: true },
      { is_direct: false },
    ])
  })

  it('an order reported by browser and server is one conversion; the later report is stored as an event, and its receipt says so', async () => {
    await collector.send([purchase({ ...visit('1', 10), conversion_id: '1001' })])
    const receipt = await collector.send([
      purchase({ anonymous_id: undefined, user_id: 'u1', conversion_id: '1001' }),
    ])
    expect(receipt).toMatchObject({
      accepted: 1,
      results: [{ index: 0, status: 'accepted', conversion: 'duplicate' }],
    })
    expect([await collector.count('conversions'), await collector.count('events')]).toEqual([1, 2])
  })

  it('a refund uses the touches and weights of its order, not those of later sessions', async () => {
    const order = { conversion_id: '77', revenue_cents: 1000 }
    await collector.send([
      purchase({ ...visit('1', 60, '?utm_source=a'), ...order }),
      event(visit('2', 40, '?utm_source=b')),
      purchase({ ...visit('2', 20, '?utm_source=b'), ...order, revenue_cents: -400 }),
    ])
    const linear = (await credits()).filter(({ model }) => model === 'linear')
    expect(linear.map(({ touch, value }) => [touch, value]).sort()).toEqual([
      ['a', -400],
      ['a', 1000],
    ])
  })

  it('a refund of an unknown order is credited on its own', async () => {
    await collector.send([
      purchase({ ...visit('1', 60, '?utm_source=a'), conversion_id: '78', revenue_cents: -400 }),
    ])
    expect((await credits()).map(({ value }) => value)).toEqual([-400, -400, -400, -400])
  })

  it('a refund uses the weights of its order if both are in one batch, in either order', async () => {
    const order = { conversion_id: '79', revenue_cents: 1000 }
    await collector.send([
      purchase({ ...visit('2', 20, '?utm_source=b'), ...order, revenue_cents: -1000 }),
      purchase({ ...visit('1', 60, '?utm_source=a'), ...order }),
    ])
    const last = (await credits()).filter(({ model }) => model === 'last')
    expect(last.map(({ touch, value }) => [touch, value]).sort()).toEqual([
      ['a', -1000],
      ['a', 1000],
    ])
  })

  it('a refund in another currency than its order is credited on its own', async () => {
    const order = { conversion_id: '80', revenue_cents: 1000 }
    await collector.send([purchase({ ...visit('1', 60, '?utm_source=a'), ...order })])
    await collector.send([
      purchase({ ...visit('2', 20, '?utm_source=b'), ...order, revenue_cents: -1000, currency: 'USD' }),
    ])
    const last = (await credits()).filter(({ model }) => model === 'last')
    expect(last.map(({ touch, value }) => [touch, value]).sort()).toEqual([
      ['a', 1000],
      ['b', -1000],
    ])
  })

  it('a refund does not count as a conversion of its session', async () => {
    await collector.send([
      purchase({ ...visit('1', 60), conversion_id: '81' }),
      purchase({ ...visit('1', 60), conversion_id: '81', revenue_cents: -10_000 }),
    ])
    expect(await collector.count('conversions')).toBe(2)
    expect(await collector.rows('select conversion_count from sessions_tracking')).toEqual([
      { conversion_count: 1 },
    ])
  })

  it('an order reported twice counts as one conversion of its session', async () => {
    const order = () => purchase({ ...visit('1', 60), conversion_id: '9' })
    await collector.send([order(), order()])
    expect(await collector.rows('select conversion_count from sessions_tracking')).toEqual([
      { conversion_count: 1 },
    ])
  })

  it('a session reported by a server, without a cookie, is one session with one landing', async () => {
    const told = () => event({ anonymous_id: undefined, user_id: 'u', ...visit('1', 60, '?utm_source=a') })
    await collector.send([told(), told(), told()])
    expect([await collector.count('sessions_tracking'), await collector.count('touches')]).toEqual([1, 1])
  })

  it('the first and the latest 200 touches of a customer with thousands share in a conversion', async () => {
    const touch = (i: number) =>
      event({
        type: 'touch',
        name: 'ad_click',
        occurred_at: minutesAgo(1000 - i),
        url: 'https://shop.example/?utm_source=a',
      })
    await collector.send(Array.from({ length: 300 }, (_, i) => touch(i)))
    await collector.send([purchase({ occurred_at: minutesAgo(1) })])
    const [counted] = await collector.rows(
      `select count(*)::float8 as n from conversion_credits where model = 'linear'`,
    )
    expect(counted).toEqual({ n: 201 })
  })

  it('a conversion without touches is stored as unattributed', async () => {
    await collector.send([purchase({})])
    expect(await collector.rows('select attributed_touch_id, attribution_weight from conversions')).toEqual([
      { attributed_touch_id: null, attribution_weight: {} },
    ])
    expect(await collector.count('conversion_credits')).toBe(0)
  })

  it('touches after the conversion, or more than 90 days before it, get no credit', async () => {
    await collector.send([event(visit('1', 60, '?utm_source=old'))])
    await collector.db.query(`update touches set occurred_at = occurred_at - interval '91 days'`)
    await collector.send([event(visit('3', 10, '?utm_source=late'))])
    await collector.send([purchase(visit('2', 30))])
    expect((await credits()).filter(({ model }) => model === 'linear').map(({ touch }) => touch)).toEqual([
      'direct',
    ])
    expect(
      await collector.rows(
        `select first_touch_id is not null and first_touch_id <> attributed_touch_id as first_is_unlimited from conversions`,
      ),
    ).toEqual([{ first_is_unlimited: true }])
  })
})
