/** Which events become conversions as they arrive, and which of them count. */
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestCollector, event, noon, session, type TestCollector } from '../testing.ts'
import { createRule } from './rules.ts'
import { recountQueued } from './testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(async () => {
    await collector.clear()
    await collector.rows('delete from conversion_rules')
    await collector.rows('delete from credit_queue')
  })
  afterAll(() => collector.db.close())

  const named = (value: string) => ({ field: 'name', op: 'is', value })
  async function rule(fields: object) {
    const website = collector.websiteId
    const created = await createRule(collector.db, { website, matcher: named('buy'), ...fields })
    collector.clock.now += 10_000 // tokens are cached with the rules of their website for 5 s
    return created
  }
  const at = (minutes: number) => ({ occurred_at: new Date(noon - minutes * 60_000).toISOString() })
  interface ConversionRow {
    name: string
    rule: string | null
    value: number | null
    currency: string | null
    id: string | null
  }
  const conversions = () =>
    collector.rows<ConversionRow>(
      `select c.name, r.name as rule, c.value_cents::float8 as value, c.currency, c.conversion_id as id
       from conversions c left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
       order by c.occurred_at, c.event_id`,
    )
  const counted = async () =>
    (
      await collector.rows<{ minutes: number }>(
        `select extract(epoch from timestamptz '2026-11-20 12:00Z' - occurred_at)::float8 / 60 as minutes
         from conversions where counted order by occurred_at`,
      )
    ).map(({ minutes }) => minutes)
  const sessionCounts = () =>
    collector.rows(`select conversion_count as n from sessions_tracking order by started_at, id`)

  it('the first rule that matches makes the conversion, under its name', async () => {
    await rule({ name: 'big', matcher: { field: 'props.total', op: 'gte', value: 50 } })
    await rule({ name: 'order' })
    await collector.send([
      event({ name: 'buy', props: { total: 50 } }),
      event({ name: 'buy', props: { total: 49 } }),
      event({ name: 'look', props: { total: 49 } }),
    ])
    expect((await conversions()).map(({ name, rule }) => [name, rule])).toEqual([
      ['big', 'big'],
      ['order', 'order'],
    ])
  })

  it('what an event says itself wins over rules', async () => {
    await rule({ name: 'order' })
    await collector.send([
      event({ name: 'buy', conversion: true }),
      event({ name: 'buy', conversion: false }),
      event({ name: 'look', conversion: true }),
    ])
    expect((await conversions()).map(({ name, rule }) => [name, rule])).toEqual([
      ['buy', null],
      ['look', null],
    ])
  })

  it('a rule reads value, currency and order number from properties', async () => {
    const value = { field: 'props.total', currency_field: 'props.cur', conversion_id_field: 'props.order' }
    await rule({ name: 'order', value })
    const receipt = await collector.send([
      event({ name: 'buy', props: { total: '49.90', cur: 'eur', order: 1001 } }),
      event({ name: 'buy', props: { total: 1, cur: 'EUR', order: ' 1001 ' } }),
      event({ name: 'buy', props: { total: 'free', cur: 'EUR' } }),
    ])
    expect(await conversions()).toEqual([
      { name: 'order', rule: 'order', value: 4990, currency: 'EUR', id: '1001' },
      { name: 'order', rule: 'order', value: null, currency: null, id: null },
    ])
    expect(receipt.results).toEqual([
      { index: 1, idempotency_key: expect.any(String), status: 'accepted', conversion: 'duplicate' },
    ])
  })

  it('a rule matches the event as it is stored: its address without secrets, a title only of views', async () => {
    await rule({ name: 'secret', matcher: { field: 'url', op: 'contains', value: 'hunter2' } })
    await rule({ name: 'title', matcher: { field: 'title', op: 'exists' } })
    await collector.send([
      event({ name: 'buy', title: 'Thanks', url: 'https://shop.example/?password=hunter2' }),
      event({ type: 'page', name: '/', title: 'Thanks' }),
    ])
    expect(await conversions()).toMatchObject([{ name: 'title' }])
  })

  it('look-back, default model and models are the rule’s, and its website’s where it has none', async () => {
    await rule({ name: 'order', lookback_days: 7, default_model: 'first', models: ['linear'] })
    await collector.send([
      event({ name: 'buy', session: session('1', 'https://shop.example/?utm_source=a') }),
    ])
    expect(await collector.rows('select attribution_model, lookback_days from conversions')).toEqual([
      { attribution_model: 'first', lookback_days: 7 },
    ])
    expect(await collector.rows('select distinct model from conversion_credits order by 1')).toEqual([
      { model: 'first' },
      { model: 'linear' },
    ])
  })

  it('a paused rule makes no conversion', async () => {
    const { id } = await rule({ name: 'order' })
    await collector.rows(`update conversion_rules set status = 'paused' where id = ${id}`)
    collector.clock.now += 10_000
    await collector.send([event({ name: 'buy' })])
    expect(await conversions()).toEqual([])
  })

  it('a rule that was deleted a moment ago costs no event', async () => {
    await rule({ name: 'order' })
    await collector.send([event({ name: 'look' })]) // the token is cached with the rule
    await collector.rows('delete from conversion_rules')
    expect(await collector.send([event({ name: 'buy' })])).toMatchObject({ accepted: 1, rejected: 0 })
    expect(await conversions()).toEqual([])
  })

  it('a rule that cannot be read costs no event, and the others decide', async () => {
    const { id } = await rule({ name: 'broken' })
    await rule({ name: 'order' })
    await collector.rows(`update conversion_rules set matcher = '{"all":7}' where id = ${id}`)
    collector.clock.now += 10_000
    await collector.send([event({ name: 'buy' })])
    expect(await conversions()).toMatchObject([{ name: 'order' }])
  })

  it('once per customer, the first of a batch counts and has credit', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    const session1 = { session: session('1', 'https://shop.example/?utm_source=a') }
    await collector.send([
      event({ name: 'buy', ...session1, ...at(1) }),
      event({ name: 'buy', ...session1, ...at(2) }),
      event({ name: 'buy', anonymous_id: 'visitor-2', ...at(0) }),
    ])
    expect(await counted()).toEqual([2, 0])
    expect(await sessionCounts()).toEqual([{ n: 1 }, { n: 1 }])
    const credited = await collector.rows(
      `select distinct counted from conversion_credits k
       join conversions c on c.website_id = k.website_id and c.id = k.conversion_id`,
    )
    expect(credited).toEqual([{ counted: true }])
  })

  it('later ones do not count', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    for (const minutes of [3, 2, 1]) await collector.send([event({ name: 'buy', ...at(minutes) })])
    expect(await counted()).toEqual([3])
    expect(await collector.count('conversions')).toBe(3)
    expect(await collector.count('credit_queue')).toBe(0)
  })

  it('an earlier one that arrives late takes the place once its person is computed again', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    const visit = { session: session('1') }
    await collector.send([event({ name: 'buy', ...visit, ...at(1) })])
    await collector.send([event({ name: 'buy', ...visit, ...at(2) })])
    expect(await counted()).toEqual([1])
    expect(await collector.rows('select reason from credit_queue')).toEqual([{ reason: 'rule_changed' }])
    await recountQueued(collector.db)
    expect(await counted()).toEqual([2])
    expect(await sessionCounts()).toEqual([{ n: 1 }])
  })

  it('once per session, the earliest of each session counts, and each one without a session', async () => {
    await rule({ name: 'order', counting: 'once_per_session' })
    const buy = (id: string, minutes: number) => event({ name: 'buy', session: session(id), ...at(minutes) })
    await collector.send([buy('1', 4), buy('1', 3), buy('2', 2)])
    const reported = { anonymous_id: undefined, user_id: 'u', name: 'buy' }
    await collector.send([buy('2', 1), event({ ...reported, ...at(0.5) }), event({ ...reported, ...at(0) })])
    expect(await counted()).toEqual([4, 2, 0.5, 0])
    expect(await sessionCounts()).toEqual([{ n: 1 }, { n: 1 }])
  })

  it('the conversions of a merged person are decided again, because another group may not see them', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    await collector.send([event({ name: 'buy', ...at(2) }), event({ anonymous_id: 'visitor-2', ...at(3) })])
    await collector.rows(`
      with ids as (select min(id) as a, max(id) as b from customers)
      update customers c set merge_count = 1,
        merged_into_id = case when c.id = b then a end,
        status = case when c.id = b then 'merged' else 'active' end
      from ids`)
    await collector.send([event({ name: 'buy', anonymous_id: 'visitor-2', ...at(1) })])
    expect(await counted()).toEqual([2])
    await collector.send([event({ name: 'buy', anonymous_id: 'visitor-2', ...at(4) })])
    await recountQueued(collector.db)
    expect(await counted()).toEqual([4])
  })

  it('a refund of an order that does not count does not count either', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    const order = (id: string, revenue_cents: number, minutes: number) =>
      event({ name: 'buy', conversion_id: id, revenue_cents, currency: 'EUR', ...at(minutes) })
    await collector.send([order('A', 500, 5), order('B', 500, 4), order('B', -500, 3)])
    await collector.send([order('A', -500, 2), order('B', -100, 1)])
    expect(await counted()).toEqual([5, 2])
  })

  it('an order that is stored already holds no place', async () => {
    await rule({ name: 'order', counting: 'once_per_customer' })
    await collector.send([
      event({ name: 'order', conversion: true, conversion_id: 'A', anonymous_id: 'visitor-2', ...at(9) }),
    ])
    await collector.send([
      event({ name: 'buy', conversion_id: 'A', ...at(5) }),
      event({ name: 'buy', ...at(4) }),
    ])
    await recountQueued(collector.db)
    expect(await counted()).toEqual([9, 4])
  })
})
