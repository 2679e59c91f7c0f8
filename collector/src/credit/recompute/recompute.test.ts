/** What changes the credit of stored conversions, which versions that leaves, and who may work on it at once. */
import type { Db } from '@headwater/db/db'
import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { operations } from '../../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../../testing.ts'
import { type CreditReason, enqueueCredit } from '../enqueue.ts'
import { createCreditWork } from './credit-work.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(async () => {
    await collector.clear()
    collector.errors.length = 0
  })
  afterAll(() => collector.db.close())

  const minutesAgo = (minutes: number) => new Date(collector.clock.now - minutes * 60_000).toISOString()
  const visit = (id: string, minutes: number, source?: string, more: object = {}) =>
    event({
      occurred_at: minutesAgo(minutes),
      session: {
        ...session(id, `https://shop.example/${source ? `?utm_source=${source}` : ''}`),
        started_at: minutesAgo(minutes),
      },
      ...more,
    })
  const purchase = (minutes: number, more: object = {}) =>
    event({
      name: 'purchase',
      conversion: true,
      revenue_cents: 1_000,
      currency: 'EUR',
      occurred_at: minutesAgo(minutes),
      ...more,
    })

  interface Credit {
    version: number
    touch: string
    value: number | null
  }
  /** Under a model, of all versions, with the source of each touch. */
  const credits = (model = 'linear') =>
    collector.rows<Credit>(`
      select k.version, coalesce(s.value, 'direct') as touch, k.value_cents::float8 as value
      from conversion_credits k
      join conversions c on c.id = k.conversion_id
      join touches t on t.id = k.touch_id
      left join utm_sources s on s.id = t.utm_source_id
      where k.model = '${model}'
      order by c.event_id, k.version, t.occurred_at`)
  const current = async (model?: string) => {
    const rows = await credits(model)
    return rows.filter(({ version }) => version === Math.max(...rows.map((row) => row.version)))
  }
  const versions = () =>
    collector.rows<{ version: number; reason: CreditReason }>(
      'select version, reason from credit_versions order by conversion_id, version',
    )
  const queue = () => collector.rows<{ reason: string }>('select reason from credit_queue order by id')
  const customerIds = async () =>
    (await collector.rows<{ id: string }>('select id::text from customers order by id')).map(({ id }) => id)
  const enqueue = (reason: CreditReason, customers: string[]) =>
    enqueueCredit(
      collector.db,
      customers.map((customerId) => ({ websiteId: collector.websiteId, customerId, reason })),
    )
  const merge = (from: string, into: string) =>
    collector.db.query(`update customers set merged_into_id = ${into}, status = 'merged' where id = ${from}`)
  const unmerge = (from: string) =>
    collector.db.query(`update customers set merged_into_id = null, status = 'active' where id = ${from}`)

  describe('a touch that arrives after its conversion', () => {
    it('gets its share in a new version, which says why, and the former version stays', async () => {
      await collector.send([visit('1', 60, 'early'), purchase(10)])
      await collector.send([visit('2', 30, 'late')])
      expect(await queue()).toEqual([{ reason: 'late_touch' }])
      await collector.work()
      expect(await credits()).toEqual([
        { version: 1, touch: 'early', value: 1_000 },
        { version: 2, touch: 'early', value: 500 },
        { version: 2, touch: 'late', value: 500 },
      ])
      expect([await versions(), await queue()]).toEqual([[{ version: 2, reason: 'late_touch' }], []])
      const [conversion] = await collector.rows(`
        select attribution_version, s.value as attributed
        from conversions c join touches t on t.id = c.attributed_touch_id join utm_sources s on s.id = t.utm_source_id`)
      expect(conversion).toEqual({ attribution_version: 2, attributed: 'late' })
    })

    it('changes nothing if it came before the look-back, except the first touch of all', async () => {
      await operations['website.settings'](collector, { website: collector.websiteId, lookback_days: 1 })
      collector.clock.now += 10_000
      await collector.send([visit('1', 60, 'early'), purchase(10)])
      await collector.send([visit('2', 3 * 24 * 60, 'late')])
      await collector.work()
      expect(await current()).toEqual([{ version: 2, touch: 'early', value: 1_000 }])
      const [row] = await collector.rows(`
        select s.value as first from conversions c join touches t on t.id = c.first_touch_id join utm_sources s on s.id = t.utm_source_id`)
      expect(row).toEqual({ first: 'late' })
      await operations['website.settings'](collector, { website: collector.websiteId, lookback_days: 90 })
      collector.clock.now += 10_000
    })

    it('after the conversion owes nothing to it, and puts no one on the queue', async () => {
      await collector.send([visit('1', 60, 'early'), purchase(10)])
      await collector.send([visit('2', 5, 'after')])
      expect(await queue()).toEqual([])
    })

    it('of someone without conversions puts no one on the queue', async () => {
      await collector.send([visit('1', 60, 'early')])
      await collector.send([visit('2', 30, 'late')])
      expect(await queue()).toEqual([])
    })

    it('that the device remembered is a late touch too', async () => {
      await collector.send([visit('1', 60, 'early'), purchase(10)])
      const remembered = {
        session_id: 'lost',
        occurred_at: minutesAgo(90),
        url: 'https://shop.example/?utm_source=remembered',
      }
      await collector.send([
        event({ type: 'identify', name: undefined, user_id: 'u', touches: [remembered] }),
      ])
      await collector.work()
      expect((await current('first')).map(({ touch }) => touch)).toEqual(['remembered'])
    })

    it('by another customer of the person, changes the credit of the person', async () => {
      await collector.send([visit('1', 60, 'early'), purchase(10)])
      await collector.send([visit('2', 50, 'other', { anonymous_id: 'phone' })])
      const [buyer, phone] = await customerIds()
      await merge(phone!, buyer!)
      await collector.send([visit('3', 40, 'late', { anonymous_id: 'phone' })])
      await collector.work()
      expect((await current()).map(({ touch }) => touch)).toEqual(['early', 'other', 'late'])
    })
  })

  it('a landing that turned out to be none loses its credit, and former versions still show it', async () => {
    const view = (minutes: number, source: string) =>
      event({
        type: 'page',
        name: '/',
        occurred_at: minutesAgo(minutes),
        url: `https://shop.example/${source}`,
      })
    await collector.send([view(20, ''), purchase(10)])
    await collector.send([view(30, '?utm_source=ad')])
    await collector.work()
    expect(await credits()).toEqual([
      { version: 1, touch: 'direct', value: 1_000 },
      { version: 2, touch: 'ad', value: 1_000 },
    ])
    expect(await collector.rows('select is_direct, is_withdrawn from touches order by occurred_at')).toEqual([
      { is_direct: false, is_withdrawn: false },
      { is_direct: true, is_withdrawn: true },
    ])
    const [customer] = await collector.rows(
      'select first_touch_id = last_touch_id as is_one, not t.is_withdrawn as is_valid from customers c join touches t on t.id = c.last_touch_id',
    )
    expect(customer).toEqual({ is_one: true, is_valid: true })
  })

  describe('persons', () => {
    it('a merge gives a purchase the touches of the other customer, and undoing it takes them back', async () => {
      await collector.send([
        visit('1', 60, 'ad', { anonymous_id: 'phone' }),
        visit('2', 30, 'mail', { anonymous_id: 'laptop' }),
        purchase(10, { anonymous_id: 'laptop' }),
      ])
      const ids = await customerIds()
      await merge(ids[0]!, ids[1]!)
      await enqueue('merge', ids)
      await collector.work()
      expect((await current()).map(({ touch }) => touch)).toEqual(['ad', 'mail'])
      await unmerge(ids[0]!)
      await enqueue('unmerge', ids)
      await collector.work()
      expect((await current()).map(({ touch }) => touch)).toEqual(['mail'])
      expect(await versions()).toEqual([
        { version: 2, reason: 'merge' },
        { version: 3, reason: 'unmerge' },
      ])
    })

    it('a purchase is credited to the touches of all customers of its person when it is stored', async () => {
      await collector.send([visit('1', 60, 'ad', { anonymous_id: 'phone' }), visit('2', 30, 'mail')])
      const ids = await customerIds()
      await merge(ids[0]!, ids[1]!)
      await collector.send([purchase(10), purchase(9, { anonymous_id: 'phone' })])
      expect((await credits('first')).map(({ touch }) => touch)).toEqual(['ad', 'ad'])
      await collector.work()
      expect(await versions()).toEqual([])
    })

    it('touches and purchases of a person that are stored at the same time find each other', async () => {
      const devices = ['phone', 'laptop', 'tablet']
      await collector.send(devices.map((anonymous_id, i) => visit(`${i}`, 90, 'first', { anonymous_id })))
      const [person, ...others] = await customerIds()
      for (const other of others) await merge(other, person!)
      const sent = Array.from({ length: 12 }, (_, i) => {
        const anonymous_id = devices[i % 3]
        return i % 2 ? purchase(10, { anonymous_id }) : visit(`late ${i}`, 80 - i, 'late', { anonymous_id })
      })
      await Promise.all(sent.map((one) => collector.send([one])))
      await collector.work()
      const counts = await collector.rows(`
        select distinct count(*)::float8 as touches
        from conversions c join conversion_credits k on k.conversion_id = c.id and k.version = c.attribution_version and k.model = 'linear'
        group by c.id`)
      expect(counts).toEqual([{ touches: 9 }])
    })
  })

  describe('refunds', () => {
    const order = (fields: object = {}) => ({ conversion_id: '77', ...fields })
    const refund = (minutes: number, cents: number, more: object = {}) =>
      purchase(minutes, order({ revenue_cents: -cents, ...more }))
    const stored = () =>
      collector.rows(
        'select value_cents::float8 as value, over_refund_cents::float8 as over from conversions order by occurred_at',
      )

    it('one that arrives before its purchase takes the touches of that afterwards', async () => {
      await collector.send([visit('1', 60, 'a'), visit('2', 20, 'b'), refund(10, 400)])
      expect((await current('last')).map(({ touch, value }) => [touch, value])).toEqual([['b', -400]])
      await collector.send([purchase(30, order())])
      await collector.work()
      expect((await credits('last')).map(({ version, touch, value }) => [version, touch, value])).toEqual([
        [1, 'b', -400],
        [2, 'a', -400],
        [1, 'a', 1_000],
      ])
      expect(await versions()).toEqual([{ version: 2, reason: 'refund' }])
    })

    it('an earlier one that arrives later takes its part first', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(50, order()), refund(10, 800)])
      await collector.send([refund(20, 500)])
      await collector.work()
      expect(await stored()).toEqual([
        { value: 1_000, over: 0 },
        { value: -500, over: 0 },
        { value: -800, over: 300 },
      ])
      expect(
        await collector.rows(
          `select sum(k.value_cents)::float8 as net from conversions c join conversion_credits k on k.conversion_id = c.id and k.version = c.attribution_version and k.model = 'linear'`,
        ),
      ).toEqual([{ net: 0 }])
    })

    it('several in time are credited when they are stored, beyond the purchase as over-refund', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(50, order())])
      await collector.send([refund(20, 700)])
      await collector.send([refund(10, 700)])
      const before = await stored()
      expect(before).toEqual([
        { value: 1_000, over: 0 },
        { value: -700, over: 0 },
        { value: -700, over: 400 },
      ])
      await collector.work()
      expect([await stored(), await versions()]).toEqual([before, []])
    })

    it('one that another customer reports belongs to the purchase', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(50, order())])
      await collector.send([refund(20, 400, { anonymous_id: 'office' })])
      await collector.send([visit('2', 55, 'late')])
      await collector.work()
      const refunded = await collector.rows(`
        select s.value as touch, k.value_cents::float8 as value
        from conversions c join conversion_credits k on k.conversion_id = c.id and k.version = c.attribution_version and k.model = 'linear'
        join touches t on t.id = k.touch_id join utm_sources s on s.id = t.utm_source_id
        where c.value_cents < 0 order by 1`)
      expect(refunded).toEqual([
        { touch: 'a', value: -200 },
        { touch: 'late', value: -200 },
      ])
      expect((await versions()).map(({ reason }) => reason)).toEqual(['late_touch', 'late_touch'])
    })

    it('crediting the customer who reported another one’s refund leaves that alone', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(50, order())])
      await collector.send([
        visit('2', 40, 'b', { anonymous_id: 'office' }),
        refund(20, 400, { anonymous_id: 'office' }),
      ])
      await collector.work()
      await enqueue('merge', (await customerIds()).slice(1))
      await collector.work()
      expect(await versions()).toEqual([])
    })
  })

  it('a conversion that its rule does not count loses its credit, and counting it gives that back', async () => {
    await collector.send([visit('1', 60, 'a'), purchase(10), purchase(20)])
    const [rule] = await collector.rows<{ id: string }>(`
      insert into conversion_rules (website_id, name, position, matcher, counting)
      values (${collector.websiteId}, 'first sale', 2, '{}', 'once_per_customer') returning id::text`)
    await collector.db.query(`update conversions set rule_id = ${rule!.id}`)
    await enqueue('rule_changed', await customerIds())
    await collector.work()
    const uncounted = 'occurred_at = (select max(occurred_at) from conversions)'
    expect(
      await collector.rows(
        `select attribution_version as version, attributed_touch_id, attribution_weight from conversions where ${uncounted}`,
      ),
    ).toEqual([{ version: 2, attributed_touch_id: null, attribution_weight: {} }])
    await collector.db.query(`delete from conversions where not ${uncounted}`)
    await enqueue('rule_changed', await customerIds())
    await collector.work()
    expect(await credits()).toEqual([
      { version: 1, touch: 'a', value: 1_000 },
      { version: 3, touch: 'a', value: 1_000 },
    ])
  })

  it('the look-back and the models of a rule come before those of the website', async () => {
    await collector.send([visit('1', 3 * 24 * 60, 'old'), visit('2', 60, 'new'), purchase(10)])
    const [rule] = await collector.rows<{ id: string }>(`
      insert into conversion_rules (website_id, name, position, matcher, lookback_days, default_model, models)
      values (${collector.websiteId}, 'sale', 1, '{}', 1, 'time_decay:half_life_days=1', '["participation"]')
      returning id::text`)
    await collector.db.query(`update conversions set rule_id = ${rule!.id}`)
    await enqueue('rule_changed', await customerIds())
    await collector.work()
    const [stored] = await collector.rows(`
      select c.attribution_model, c.lookback_days, array_to_string(array_agg(k.model order by k.model), ' ') as models
      from conversions c join conversion_credits k on k.conversion_id = c.id and k.version = c.attribution_version
      group by c.id, c.website_id`)
    expect(stored).toEqual({
      attribution_model: 'time_decay:half_life_days=1',
      lookback_days: 1,
      models: 'participation time_decay:half_life_days=1',
    })
    await collector.db.query('update conversions set rule_id = null')
    await collector.db.query('delete from conversion_rules')
  })

  it('the touch of a bot earns nothing', async () => {
    await collector.send([visit('1', 60, 'a'), visit('2', 30, 'b'), purchase(10)])
    await collector.db.query(
      `update touches set is_bot = true where utm_source_id = (select id from utm_sources where value = 'b')`,
    )
    await enqueue('channel_changed', await customerIds())
    await collector.work()
    expect(await current()).toEqual([{ version: 2, touch: 'a', value: 1_000 }])
  })

  it('crediting again what has not changed leaves no new version', async () => {
    await collector.send([visit('1', 60, 'a'), visit('2', 30), purchase(20), purchase(10)])
    await enqueue('merge', await customerIds())
    await collector.work()
    expect([await versions(), await queue()]).toEqual([[], []])
  })

  it('of several reasons a version states the one that explains most', async () => {
    await collector.send([visit('1', 60, 'a'), purchase(10)])
    await collector.send([visit('2', 30, 'b')])
    await enqueue('model_changed', await customerIds())
    await enqueue('unmerge', await customerIds())
    await collector.work()
    expect(await versions()).toEqual([{ version: 2, reason: 'unmerge' }])
  })

  it('a conversion with thousands of touches shares with the first and the latest 200, however they arrived', async () => {
    const click = (i: number) =>
      event({
        type: 'touch',
        name: 'ad_click',
        occurred_at: minutesAgo(1_000 - i),
        url: 'https://shop.example/?utm_source=a',
      })
    const clicks = Array.from({ length: 400 }, (_, i) => click(i))
    const isOdd = (_: unknown, i: number) => i % 2 === 1
    await collector.send(clicks.filter(isOdd))
    await collector.send([purchase(650), purchase(1)])
    await collector.send(clicks.filter((one, i) => !isOdd(one, i)))
    await collector.work()
    const spans = await collector.rows(`
      select count(*)::float8 as touches, (array_agg(minute order by minute desc))[1] as first, (array_agg(minute order by minute desc))[2] as second, min(minute) as last
      from (
        select c.id, round(date_part('epoch', to_timestamp(${collector.clock.now / 1000}) - t.occurred_at) / 60)::float8 as minute
        from conversions c
        join conversion_credits k on k.conversion_id = c.id and k.version = c.attribution_version and k.model = 'linear'
        join touches t on t.id = k.touch_id
      ) v
      group by id
      order by id`)
    expect(spans).toEqual([
      { touches: 201, first: 1_000, second: 849, last: 650 },
      { touches: 201, first: 1_000, second: 800, last: 601 },
    ])
  })

  describe('models with milestones', () => {
    const lead = (minutes: number) => event({ name: 'signup', occurred_at: minutesAgo(minutes) })
    const use = (models: string[]) => {
      collector.clock.now += 10_000
      return operations['website.settings'](collector, { website: collector.websiteId, models })
    }
    const model = 'u_shaped_lead:lead_event=signup'
    const shares = async () => (await current(model)).map(({ touch, value }) => [touch, value])

    it('count the events that they name, also one that arrives after the conversion', async () => {
      await use([model])
      await collector.send([visit('1', 60, 'a'), visit('2', 50, 'b'), visit('3', 40, 'c'), purchase(10)])
      await collector.send([lead(45)])
      await collector.work()
      expect(await shares()).toEqual([
        ['a', 400],
        ['b', 400],
        ['c', 200],
      ])
      await collector.send([purchase(5)])
      expect(await versions()).toEqual([{ version: 2, reason: 'late_touch' }])
      await use(['first', 'last', 'last_non_direct', 'linear'])
    })
  })

  describe('changed settings', () => {
    const change = (settings: object) =>
      operations['website.settings'](collector, { website: collector.websiteId, ...settings })

    it('are applied to stored conversions by a job that is added with the change', async () => {
      await collector.send([visit('1', 60, 'a'), visit('2', 30, 'b'), purchase(10)])
      await collector.send([
        visit('3', 60, 'c', { anonymous_id: 'other' }),
        purchase(20, { anonymous_id: 'other' }),
      ])
      await change({ default_model: 'first', models: ['first', 'time_decay'] })
      const job = { kind: 'credit_again', input: { reason: 'model_changed' }, status: 'waiting' }
      // The second one is for what collectors store meanwhile by the settings that they have cached.
      expect(
        await collector.rows(
          'select kind, input, status, run_at > now() as later from background_jobs order by id',
        ),
      ).toEqual([
        { ...job, later: false },
        { ...job, later: true },
      ])
      await collector.work()
      expect(
        await collector.rows(
          'select status, done::float8, total::float8 from background_jobs order by id limit 1',
        ),
      ).toEqual([{ status: 'done', done: 2, total: 2 }])
      expect(await collector.rows('select distinct attribution_model from conversions')).toEqual([
        { attribution_model: 'first' },
      ])
      expect((await current('time_decay:half_life_days=7')).map(({ touch }) => touch)).toEqual([
        'a',
        'b',
        'c',
      ])
      expect(await versions()).toEqual([
        { version: 2, reason: 'model_changed' },
        { version: 2, reason: 'model_changed' },
      ])
      await change({
        default_model: 'last_non_direct',
        models: ['first', 'last', 'last_non_direct', 'linear'],
      })
    })

    it('that say the same as before, or nothing about credit, add no job', async () => {
      await collector.db.query('delete from background_jobs')
      await change({ models: ['linear', 'last', 'first', 'last_non_direct'], horizon_days: 31 })
      expect(await collector.rows('select kind from background_jobs')).toEqual([])
    })

    it('that give the same credit under another name leave no new version', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(10)])
      await change({ default_model: 'last', lookback_days: 60 })
      await collector.work()
      expect(
        await collector.rows('select attribution_model, lookback_days, attribution_version from conversions'),
      ).toEqual([{ attribution_model: 'last', lookback_days: 60, attribution_version: 1 }])
      await change({ default_model: 'last_non_direct', lookback_days: 90 })
    })

    it('do not fill the queue, so that a late touch is not behind all of them', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(10)])
      await collector.db.query(`
        insert into credit_queue (website_id, customer_id, reason)
        select ${collector.websiteId}, 1000000 + i, 'merge' from generate_series(1, 1000) i`)
      await change({ default_model: 'linear' })
      await collector.db.query('delete from background_jobs where run_at > now()')
      const work = createCreditWork({
        ...collector,
        now: () => 0,
        onError: (error) => collector.errors.push(error),
      })
      const { workOnJob } = collector
      await workOnJob()
      expect(await collector.rows('select done::float8 from background_jobs')).toEqual([{ done: 0 }])
      while (await work());
      await collector.db.query('update background_jobs set run_at = now()')
      await collector.work()
      expect(await collector.rows('select done::float8 from background_jobs')).toEqual([{ done: 1 }])
      await change({ default_model: 'last_non_direct' })
    })
  })

  it('changes that do not fit into a transaction follow in the next', async () => {
    await collector.send([visit('1', 60, 'a')])
    for (let sent = 0; sent < 600; sent += 200)
      await collector.send(Array.from({ length: 200 }, (_, i) => purchase(10 - (sent + i) / 1_000)))
    await collector.send([visit('2', 30, 'b')])
    const work = createCreditWork({
      ...collector,
      now: () => 0,
      onError: (error) => collector.errors.push(error),
    })
    await work()
    expect(await queue()).toHaveLength(1)
    while (await work());
    expect(
      await collector.rows(`select reason, count(*)::float8 as n from credit_versions group by 1`),
    ).toEqual([{ reason: 'late_touch', n: 600 }])
  })

  it('the tasks of a customer who is gone are removed', async () => {
    await enqueue('erase', ['999999'])
    await collector.work()
    expect([await queue(), collector.errors]).toEqual([[], []])
  })

  describe('a worker', () => {
    /** Fails with the tasks of one customer, as a bug or a row that cannot be written would. */
    const withPoison = (db: Db, customerId: string): Db => ({
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            ...tx,
            async query(sql, params) {
              if (sql.includes('for no key update of m') && String(params?.[1]).match(`\\b${customerId}\\b`))
                throw new Error('This customer cannot be credited.')
              return tx.query(sql, params)
            },
          }),
        ),
    })

    it('postpones a task that always fails, and does all others', async () => {
      const devices = Array.from({ length: 20 }, (_, i) => `device ${i}`)
      for (const anonymous_id of devices)
        await collector.send([visit('1', 60, 'a', { anonymous_id }), purchase(10, { anonymous_id })])
      await collector.send(devices.map((anonymous_id) => visit('2', 30, 'b', { anonymous_id })))
      const poison = (await customerIds())[7]!
      const clock = { now: 0 }
      const failures: unknown[] = []
      const work = createCreditWork({
        db: withPoison(collector.db, poison),
        now: () => clock.now,
        onError: (error) => failures.push(error),
      })
      while (await work());
      expect(await versions()).toHaveLength(19)
      expect(await collector.rows('select customer_id::text as id from credit_queue')).toEqual([
        { id: poison },
      ])

      const before = failures.length
      expect(await work()).toBe(false) // still postponed
      clock.now += 1_000
      expect([await work(), failures.length]).toEqual([true, before + 1])
      clock.now += 1_000
      expect(await work()).toBe(false) // the second pause is twice as long
      await collector.work() // another process, without that bug
      expect([await queue(), (await versions()).length]).toEqual([[], 20])
    })

    it('throws when it cannot reach the database, so that it pauses', async () => {
      const gone = new Error('No connection to PostgreSQL.')
      const work = createCreditWork({
        db: { ...collector.db, transaction: () => Promise.reject(gone) },
        now: () => 0,
        onError: (error) => collector.errors.push(error),
      })
      await expect(work()).rejects.toBe(gone)
    })

    it('shares the queue with others: each change is written once', async () => {
      const devices = Array.from({ length: 30 }, (_, i) => `device ${i}`)
      await collector.send(
        devices.flatMap((anonymous_id) => [
          visit('1', 60, 'a', { anonymous_id }),
          purchase(10, { anonymous_id }),
        ]),
      )
      for (const source of ['b', 'c'])
        await collector.send(devices.map((anonymous_id) => visit(source, 30, source, { anonymous_id })))
      const drain = async () => {
        const work = createCreditWork({
          ...collector,
          now: () => 0,
          onError: (error) => collector.errors.push(error),
        })
        while (await work());
      }
      await Promise.all([drain(), drain(), drain()])
      expect(collector.errors).toEqual([])
      expect([(await versions()).length, await queue()]).toEqual([30, []])
    })

    it('writes nothing when another one was faster, and tries again', async () => {
      await collector.send([visit('1', 60, 'a'), purchase(50), purchase(40, { anonymous_id: 'other' })])
      await collector.send([visit('2', 55, 'b'), visit('3', 55, 'c', { anonymous_id: 'other' })])
      await collector.db.query(`
        insert into credit_versions (website_id, conversion_id, version, reason)
        select website_id, id, 2, 'refund' from conversions order by id limit 1`)
      const work = createCreditWork({
        ...collector,
        now: () => 0,
        onError: (error) => collector.errors.push(error),
      })
      expect([await work(), (await versions()).length, collector.errors]).toEqual([true, 1, []])
      await collector.db.query('delete from credit_versions')
      while (await work());
      expect([(await versions()).length, collector.errors]).toEqual([2, []])
    })
  })
})
