/** Applying rules to history: as if they had always been there. */
import type { Matcher } from '@headwater/attribution/matcher/matcher'
import type { Db } from '@headwater/db/db'
import { onBothDatabases } from '@headwater/db/testing'
import { createJobWork } from '@headwater/jobs/background-jobs'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countings } from '../credit/counting/counting.ts'
import { showJob } from '../jobs.ts'
import { createTestCollector, event, noon, session, type TestCollector } from '../testing.ts'
import { applyRules } from './apply.ts'
import { applyRulesKind, createApplyRules } from './apply-rules.ts'
import { changeRule, createRule } from './rules.ts'
import { applyAll, previewAll, raise, recountQueued } from './testing.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  let db: Db

  beforeAll(async () => {
    db = await open()
    collector = await createTestCollector(db)
  })
  beforeEach(clear)
  afterAll(() => db.close())

  async function clear() {
    await collector.clear()
    for (const table of ['conversion_rules', 'credit_queue', 'background_jobs'])
      await collector.rows(`delete from ${table}`)
    collector.clock.now += 10_000 // tokens are cached with the rules of their website for 5 s
  }

  const named = (value: string): Matcher => ({ field: 'name', op: 'is', value })
  async function addRule(fields: object) {
    const rule = await createRule(db, { website: collector.websiteId, matcher: named('buy'), ...fields })
    collector.clock.now += 10_000
    return rule
  }
  async function change(rule: string, fields: object) {
    await changeRule(db, { website: collector.websiteId, rule, ...fields })
    collector.clock.now += 10_000
  }
  async function apply(options?: object) {
    const counts = await applyAll(db, collector.websiteId, options)
    await recountQueued(db)
    return counts
  }
  const preview = (options?: object) => previewAll(db, collector.websiteId, options)
  const at = (minutes: number) => ({ occurred_at: new Date(noon - minutes * 60_000).toISOString() })

  /** Everything that rules decide, by the events' keys; not the ids of rows. */
  const state = async () => ({
    conversions: await collector.rows(`
      select e.idempotency_key, c.name, r.name as rule, c.value_cents::float8 as value, c.currency, c.conversion_id, c.counted,
        c.customer_id = e.customer_id and c.occurred_at = e.occurred_at and c.session_id is not distinct from e.session_id as fits,
        c.lookback_days, c.attribution_model
      from conversions c
      join events e on e.website_id = c.website_id and e.id = c.event_id
      left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
      order by 1`),
    sessions: await collector.rows(
      'select client_session_id, conversion_count from sessions_tracking order by 1',
    ),
  })
  const names = async () =>
    (
      await collector.rows<{ name: string }>('select name from conversions order by occurred_at, event_id')
    ).map(({ name }) => name)

  it('events that match and are no conversion become one, with their session', async () => {
    await collector.send([
      event({ name: 'buy', session: session('1'), revenue_cents: 500, currency: 'EUR', ...at(3) }),
      event({ name: 'look', ...at(2) }),
    ])
    await addRule({ name: 'order', lookback_days: 7, default_model: 'first' })
    await apply()
    expect(await state()).toMatchObject({
      conversions: [
        {
          name: 'order',
          rule: 'order',
          value: 500,
          currency: 'EUR',
          counted: true,
          fits: true,
          lookback_days: 7,
        },
      ],
      sessions: expect.arrayContaining([{ client_session_id: expect.any(String), conversion_count: 1 }]),
    })
  })

  it('what events said themselves stays as it is, also that they are none or a copy', async () => {
    await collector.send([
      event({ name: 'buy', conversion: true, conversion_id: '1', ...at(4) }),
      event({ name: 'buy', conversion: true, conversion_id: '1', ...at(3) }),
      event({ name: 'buy', conversion: false, ...at(2) }),
    ])
    const before = await state()
    await addRule({ name: 'order' })
    await apply()
    expect(await state()).toEqual(before)
  })

  it('what an event declares becomes a conversion once the rule’s conversion of the same order is gone', async () => {
    const { id } = await addRule({ name: 'order' })
    const order = { conversion_id: '1', revenue_cents: 500, currency: 'EUR' }
    await collector.send([event({ name: 'buy', ...order, ...at(4) })])
    const { results } = await collector.send([event({ name: 'order', conversion: true, ...order, ...at(3) })])
    expect(results).toMatchObject([{ conversion: 'duplicate' }])
    await change(id, { status: 'paused' })
    expect(await preview()).toMatchObject({ made: 1, removed: 1 })
    expect(await apply()).toMatchObject({ made: 1, removed: 1 })
    expect((await state()).conversions).toMatchObject([{ rule: null, value: 500, counted: true, fits: true }])
  })

  it('conversions of a rule that no longer match go, with their credits and counts', async () => {
    const { id } = await addRule({ name: 'order' })
    const visit = { session: session('1', 'https://shop.example/?utm_source=a') }
    await collector.send([
      event({ name: 'buy', ...visit, ...at(2) }),
      event({ name: 'sell', ...visit, ...at(1) }),
    ])
    await change(id, { matcher: named('sell') })
    await apply()
    expect((await state()).sessions).toMatchObject([{ conversion_count: 1 }])
    expect(await collector.count('conversions')).toBe(1)
    expect(await collector.count('conversion_credits')).toBe(0) // the worker computes them
  })

  it('whose conversions changed is on the queue of credit', async () => {
    await collector.send([event({ name: 'buy' }), event({ name: 'look', anonymous_id: 'other' })])
    await addRule({ name: 'order' })
    await applyAll(db, collector.websiteId)
    expect(await collector.rows('select reason from credit_queue')).toEqual([{ reason: 'rule_changed' }])
  })

  it('a changed look-back puts the customers on the queue once, and changes no conversion', async () => {
    const { id } = await addRule({ name: 'order' })
    await collector.send([event({ name: 'buy' })])
    await collector.rows(`update conversions set updated_at = updated_at - interval '1 minute'`)
    const before = await state()
    await change(id, { lookback_days: 3 })
    const jobs = `select kind, input, run_at > now() as later from background_jobs where kind = 'credit_again' order by id`
    const job = { kind: 'credit_again', input: { reason: 'rule_changed' } }
    expect(await collector.rows(jobs)).toEqual([
      { ...job, later: false },
      { ...job, later: true },
    ])
    await applyAll(db, collector.websiteId)
    expect(await collector.count('credit_queue')).toBe(1)
    expect(await state()).toEqual(before)
  })

  it('applying after a pause removes the conversions of the rule; without applying they stay', async () => {
    const { id } = await addRule({ name: 'order' })
    await collector.send([event({ name: 'buy' })])
    await change(id, { status: 'paused' })
    expect(await names()).toEqual(['order'])
    await apply()
    expect(await names()).toEqual([])
  })

  it('the first rule by position takes over a conversion, and a rename renames', async () => {
    const { id } = await addRule({ name: 'order' })
    await collector.send([
      event({ name: 'buy', ...at(2) }),
      event({ name: 'buy', props: { a: 1 }, ...at(1) }),
    ])
    await addRule({ name: 'special', matcher: { field: 'props.a', op: 'exists' }, position: 1 })
    await change(id, { name: 'sale' })
    await apply()
    expect(await names()).toEqual(['sale', 'special'])
  })

  it('a conversion that gets another name or order number keeps its id, its credit and the history of that', async () => {
    const { id } = await addRule({ name: 'order' })
    const visit = { session: session('1', 'https://shop.example/?utm_source=a') }
    await collector.send([event({ name: 'buy', props: { no: 7 }, ...visit })])
    const credit = () => collector.rows('select * from conversion_credits order by model, version')
    const rows = () => collector.rows('select id, name, conversion_id from conversions')
    const [stored] = await collector.rows<{ id: unknown }>('select id from conversions')
    const before = await credit()
    expect(before).not.toEqual([])
    await change(id, { name: 'sale', value: { conversion_id_field: 'props.no' } })
    await apply()
    expect(await rows()).toEqual([{ id: stored?.id, name: 'sale', conversion_id: '7' }])
    expect(await credit()).toEqual(before)
  })

  it('conversions that exchange their order numbers keep their ids', async () => {
    const order = (field: string) => ({ value: { conversion_id_field: field } })
    const { id } = await addRule({ name: 'order', ...order('props.a') })
    await collector.send([
      event({ name: 'buy', props: { a: 1, b: 2 }, ...at(2) }),
      event({ name: 'buy', props: { a: 2, b: 1 }, ...at(1) }),
    ])
    const rows = () =>
      collector.rows<{ id: unknown; conversion_id: string }>(
        'select id, conversion_id from conversions order by occurred_at',
      )
    const [first, second] = await rows()
    await change(id, order('props.b'))
    await apply()
    expect(await rows()).toEqual([
      { id: first?.id, conversion_id: '2' },
      { id: second?.id, conversion_id: '1' },
    ])
  })

  it('of conversions that get one order number the earliest stays, unless another one has it', async () => {
    const { id } = await addRule({ name: 'order' })
    await collector.send([
      event({ idempotency_key: 'copy 1', name: 'order', conversion: true, conversion_id: '8', ...at(4) }),
      event({
        idempotency_key: 'copy 2',
        name: 'buy',
        props: { no: 7, n: 1 },
        session: session('1'),
        ...at(3),
      }),
      event({
        idempotency_key: 'copy 3',
        name: 'buy',
        props: { no: 7, n: 2 },
        session: session('1'),
        ...at(2),
      }),
      event({
        idempotency_key: 'copy 4',
        name: 'buy',
        props: { no: 8, n: 3 },
        session: session('1'),
        ...at(1),
      }),
    ])
    expect((await state()).sessions).toMatchObject([{ conversion_count: 4 }])
    await change(id, { value: { field: 'props.n', currency: 'JPY', conversion_id_field: 'props.no' } })
    await apply()
    expect(await state()).toMatchObject({
      conversions: [
        { rule: null, conversion_id: '8' },
        { rule: 'order', conversion_id: '7', value: 1 },
      ],
      sessions: [{ conversion_count: 2 }],
    })
  })

  it('of events with one order number the earliest becomes the conversion', async () => {
    await collector.send([event({ name: 'buy', conversion_id: '7', ...at(1) })])
    await collector.send([event({ name: 'buy', conversion_id: '7', ...at(2) })])
    await addRule({ name: 'order' })
    await apply()
    expect(await collector.rows('select occurred_at from conversions')).toEqual([
      { occurred_at: new Date(noon - 120_000) },
    ])
  })

  it('a conversion whose event is past its retention stays', async () => {
    const { id } = await addRule({ name: 'order' })
    await collector.send([event({ name: 'buy' })])
    await collector.rows('delete from events')
    await change(id, { matcher: named('other') })
    await apply()
    expect(await names()).toEqual(['order'])
  })

  it('rules of another website decide nothing', async () => {
    const [other] = await collector.rows<{ id: string }>(
      `insert into websites (organization_id, account_id, key, name, url)
       select organization_id, account_id, md5(random()::text), 'b', 'https://b.example' from websites limit 1 returning id::text`,
    )
    await createRule(db, { website: other?.id, name: 'order', matcher: { all: [] } })
    await collector.send([event({ name: 'buy' })])
    await applyAll(db, collector.websiteId)
    await applyAll(db, other?.id ?? '')
    expect(await names()).toEqual([])
  })

  describe('the job', () => {
    const step = (options = { settleMs: 0, eventsPerStep: 2 }) =>
      createJobWork({ db, kinds: { [applyRulesKind]: createApplyRules(options) }, onError: raise })()
    const start = () => applyRules(db, { website: collector.websiteId })
    const progress = (job: string) => showJob(db, { website: collector.websiteId, job })

    it('says how far it is, and how many events there are about', async () => {
      await collector.send(Array.from({ length: 6 }, (_, i) => event({ name: 'buy', ...at(i) })))
      await addRule({ name: 'order' })
      const { id } = await start()
      await step() // conversions
      await step()
      expect(await progress(id)).toMatchObject({ status: 'waiting', done: 2, total: expect.any(Number) })
      while (await step());
      expect(await progress(id)).toMatchObject({
        status: 'done',
        done: 6,
        total: 6,
        result: { made: 6, changed: 0, removed: 0, credited_again: 0 },
      })
      expect(await names()).toHaveLength(6)
    })

    it('waits until no collector uses former rules', async () => {
      await addRule({ name: 'order' })
      const { id } = await start()
      expect(await step({ settleMs: 60_000, eventsPerStep: 2 })).toBe(true)
      expect(await step()).toBe(false)
      const [row] = await collector.rows<{ wait: number }>(
        `select extract(epoch from run_at - now())::float8 as wait from background_jobs where id = ${id}`,
      )
      expect(row?.wait).toBeGreaterThan(30)
    })

    it('begins again when the rules change meanwhile', async () => {
      await collector.send([event({ name: 'buy', ...at(3) }), event({ name: 'buy', ...at(2) })])
      const { id } = await addRule({ name: 'order' })
      const job = await start()
      await step()
      await step({ settleMs: 0, eventsPerStep: 1 })
      expect(await names()).toEqual(['order'])
      await change(id, { name: 'sale' })
      while (await step());
      expect(await names()).toEqual(['sale', 'sale'])
      expect(await progress(job.id)).toMatchObject({ done: 2, total: 2, result: { made: 2, changed: 1 } })
    })

    it('is not started twice at once', async () => {
      expect((await start()).id).toBe((await start()).id)
    })

    it('fails with advice where a rule cannot be read', async () => {
      await addRule({ name: 'order' })
      await collector.rows(`update conversion_rules set matcher = '{"all":7}'`)
      const { id } = await start()
      await expect(step()).rejects.toThrow('cannot be read by this version')
      expect(await progress(id)).toMatchObject({
        status: 'waiting',
        error: expect.stringContaining('Upgrade'),
      })
    })

    it('is of its website and its kind', async () => {
      await expect(applyRules(db, { website: '999999' })).rejects.toThrow('There is no website 999999')
      await expect(progress('999999')).rejects.toThrow('has no job 999999')
    })
  })

  describe('a preview', () => {
    it('counts what applying changes, without waiting for collectors, and changes nothing', async () => {
      const { id } = await addRule({ name: 'order' })
      await collector.send([
        event({ name: 'buy', ...at(4) }),
        event({ name: 'buy', props: { a: 1 }, ...at(3) }),
        event({ name: 'sell', props: { a: 1 }, ...at(2) }),
      ])
      await change(id, { name: 'sale', matcher: { field: 'props.a', op: 'exists' } })
      const before = await state()
      const counts = { made: 1, changed: 1, removed: 1, credited_again: 0 }
      expect(await preview()).toEqual(counts)
      expect(await state()).toEqual(before)
      expect(await collector.count('credit_queue')).toBe(0)
      expect(await apply()).toEqual(counts)
      expect(await preview()).toEqual({ made: 0, changed: 0, removed: 0, credited_again: 0 })
    })

    it('counts an order once, whatever reports it and wherever steps end', async () => {
      const twice = { conversion_id: '7' }
      await collector.send([event({ name: 'buy', ...twice, ...at(4) })])
      await collector.send([event({ name: 'buy', ...twice, ...at(3) })])
      await collector.send([event({ name: 'order', conversion: true, conversion_id: '8', ...at(2) })])
      await collector.send([event({ name: 'buy', conversion_id: '8', ...at(1) })])
      await addRule({ name: 'order' })
      const counts = { made: 1, changed: 0, removed: 0, credited_again: 0 }
      for (const perStep of [1, 100])
        expect(await preview({ eventsPerStep: perStep, conversionsPerStep: perStep })).toEqual(counts)
      expect(await apply()).toEqual(counts)
    })

    it('counts an order whose conversion goes as one that another event makes again', async () => {
      const { id } = await addRule({ name: 'order' })
      await collector.send([event({ name: 'buy', conversion_id: '7', ...at(2) })])
      await collector.send([event({ name: 'buy', conversion_id: '7', props: { a: 1 }, ...at(1) })])
      await change(id, { matcher: { field: 'props.a', op: 'exists' } })
      const counts = { made: 1, changed: 0, removed: 1, credited_again: 0 }
      expect(await preview()).toEqual(counts)
      expect(await apply()).toEqual(counts)
    })

    it('counts a renamed conversion whose order another one has as removed', async () => {
      const { id } = await addRule({ name: 'order' })
      await collector.send([event({ name: 'sale', conversion: true, conversion_id: '7', ...at(2) })])
      await collector.send([event({ name: 'buy', conversion_id: '7', ...at(1) })])
      await change(id, { name: 'sale' })
      const counts = { made: 0, changed: 0, removed: 1, credited_again: 0 }
      expect(await preview()).toEqual(counts)
      expect(await apply()).toEqual(counts)
    })

    it('counts conversions whose rule has changed otherwise as credited again', async () => {
      const { id } = await addRule({ name: 'order' })
      await collector.send([event({ name: 'buy' })])
      await collector.rows(`update conversions set updated_at = updated_at - interval '1 minute'`)
      await change(id, { lookback_days: 3 })
      const counts = { made: 0, changed: 0, removed: 0, credited_again: 1 }
      expect(await preview()).toEqual(counts)
      expect(await apply()).toEqual(counts)
    })
  })

  it('while events arrive, each becomes exactly one conversion and one count', async () => {
    await addRule({ name: 'order' })
    const buy = (i: number) => event({ name: 'buy', session: session(String(i % 3)), ...at(i / 10) })
    await collector.rows(`update conversion_rules set status = 'paused'`)
    collector.clock.now += 10_000
    await collector.send(Array.from({ length: 60 }, (_, i) => buy(i)))
    await collector.rows(`update conversion_rules set status = 'active'`)
    collector.clock.now += 10_000
    const sending = Array.from({ length: 20 }, (_, i) => collector.send([buy(i), buy(i + 1), buy(i + 2)]))
    await Promise.all([
      ...sending,
      applyAll(db, collector.websiteId, { eventsPerStep: 7, conversionsPerStep: 3 }),
    ])
    await apply({ eventsPerStep: 50 })
    expect(await collector.count('conversions')).toBe(120)
    const counts = await collector.rows<{ n: number }>(
      'select conversion_count::float8 as n from sessions_tracking order by 1',
    )
    expect(counts.map(({ n }) => n)).toEqual([40, 40, 40])
  })

  it('history with the rules of the end is history that always had them, whatever the rules were before', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ events, before: former, after, perStep }) => {
        const sent = events.map((fields, i) => toEvent(fields, i))
        await clear()
        await setRules(former)
        await sendHalves(sent)
        await setRules(after)
        const before = await state()
        const counts = await preview(perStep)
        expect(await state(), 'a preview changes nothing').toEqual(before)
        expect(await apply(perStep), 'as previewed').toEqual(counts)
        const applied = await state()
        const queued = (await collector.rows('select id, updated_at from conversions order by id')).length
        await apply({ eventsPerStep: 100, conversionsPerStep: 100 })
        expect(await state(), 'twice').toEqual(applied)
        expect(await collector.count('conversions')).toBe(queued)

        await clear()
        await setRules(after)
        await sendHalves(sent)
        await recountQueued(db)
        expect(await state(), 'always').toEqual(applied)
      }),
      { numRuns: 15 },
    )
  }, 240_000)

  interface RuleFields {
    matcher: Matcher
    counting: string
    value: object | null
    status: string
  }

  async function setRules(rules: RuleFields[]) {
    const website = collector.websiteId
    for (const [i, { status, ...fields }] of rules.entries()) {
      const name = `rule ${i}`
      const known = await changeRule(db, { website, rule: name, ...fields, status }).catch(() => undefined)
      if (known) continue
      await createRule(db, { website, name, ...fields })
      await changeRule(db, { website, rule: name, status })
    }
    collector.clock.now += 10_000
  }

  async function sendHalves(events: object[]) {
    await collector.send(events.slice(0, 6))
    await collector.send(events.slice(6))
  }
})

const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.constantFrom('a', 'b').map((value): Matcher => ({ field: 'name', op: 'is', value })),
  fc.integer({ min: 0, max: 3 }).map((value): Matcher => ({ field: 'props.n', op: 'gte', value })),
  fc.constant<Matcher>({ all: [] }),
  fc.constant<Matcher>({ not: { field: 'props.n', op: 'exists' } }),
)
const rule = fc.record({
  matcher,
  counting: fc.constantFrom(...countings),
  value: fc.constantFrom(null, { field: 'props.n', currency: 'EUR' }, { cents: 7, currency: 'JPY' }),
  status: fc.constantFrom('active', 'active', 'active', 'paused'),
})
const rules = fc.array(rule, { minLength: 3, maxLength: 3 })
const fields = fc.record({
  name: fc.constantFrom('a', 'b'),
  visitor: fc.constantFrom('v1', 'v2'),
  session: fc.constantFrom('s1', 's2', null),
  minute: fc.integer({ min: 0, max: 5 }),
  conversion: fc.constantFrom(undefined, undefined, undefined, true, false),
  n: fc.constantFrom(undefined, 0, 1, 2, -1),
  order: fc.boolean(),
})
type EventFields = typeof fields extends fc.Arbitrary<infer T> ? T : never

const histories = fc.record({
  events: fc.array(fields, { minLength: 12, maxLength: 12 }),
  before: rules,
  after: rules,
  perStep: fc.record({
    eventsPerStep: fc.constantFrom(2, 5, 50),
    conversionsPerStep: fc.constantFrom(1, 3, 50),
  }),
})

/** Events of one time keep their order in both histories, because they come in the same batches. */
function toEvent({ name, visitor, session: id, minute, conversion, n, order }: EventFields, i: number) {
  const occurred = noon - 3_600_000 + minute * 60_000
  return {
    idempotency_key: `event-${i}`,
    type: 'track',
    name,
    occurred_at: new Date(occurred).toISOString(),
    anonymous_id: visitor,
    ...(id && { session: session(`${visitor} ${id}`) }),
    ...(conversion !== undefined && { conversion }),
    ...(order && { conversion_id: `order-${i}` }),
    props: n === undefined ? {} : { n },
  }
}
