/** What one person may cost everyone else: their purchases are stored, their failures hold up no one, and orders meet. */
import { createSignal, onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createApp } from '../app.ts'
import { createIngest } from '../ingest/ingest.ts'
import { createSdkFiles } from '../sdk-files.ts'
import { createTestCollector, event, session, type TestCollector } from '../testing.ts'
import { createTokenFinder } from '../websites/find-token.ts'
import { createCreditWork } from './recompute/credit-work.ts'

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(() => collector.clear())
  afterAll(() => collector.db.close())

  const ago = (minutes: number) => new Date(collector.clock.now - minutes * 60_000).toISOString()
  const visit = (anonymousId: string, minutes: number, source: string) =>
    event({
      anonymous_id: anonymousId,
      occurred_at: ago(minutes),
      session: {
        ...session(`${anonymousId} ${source}`, `https://shop.example/?utm_source=${source}`),
        started_at: ago(minutes),
      },
    })
  const purchase = (anonymousId: string, minutes: number, fields: object = {}) =>
    event({
      anonymous_id: anonymousId,
      name: 'purchase',
      conversion: true,
      revenue_cents: 1_000,
      currency: 'EUR',
      occurred_at: ago(minutes),
      ...fields,
    })

  it('more credit than a group may write follows a moment later', async () => {
    await collector.send(Array.from({ length: 100 }, (_, i) => visit('a', 900 - i, `s${i}`)))
    const { accepted } = await collector.send(Array.from({ length: 40 }, (_, i) => purchase('a', 100 - i)))
    expect(accepted).toBe(40)
    const without = 'select count(*)::integer as n from conversions where attributed_touch_id is null'
    const [deferred] = await collector.rows<{ n: number }>(without)
    expect(deferred?.n).toBeGreaterThan(0)
    expect(deferred?.n).toBeLessThan(40)
    await collector.work()
    expect(await collector.rows(without)).toEqual([{ n: 0 }])
    expect(await collector.rows('select distinct reason from credit_versions')).toEqual([
      { reason: 'deferred' },
    ])
  })

  it('a person who cannot be credited holds up no one, however many tasks that makes', async () => {
    await collector.send([visit('broken', 60, 'ad'), purchase('broken', 50)])
    await collector.send([visit('good', 60, 'mail'), purchase('good', 40)])
    const [broken] = await collector.rows<{ id: string }>('select id::text from conversions order by id')
    await collector.db.session(({ script }) =>
      script(`
        create or replace function refuse() returns trigger language plpgsql as $$
        begin
          if new.conversion_id = ${broken?.id} then raise exception 'canceling statement due to statement timeout'; end if;
          return new;
        end $$;
        create trigger refuse before insert on credit_versions for each row execute function refuse()`),
    )
    for (let i = 0; i < 30; i++) await collector.send([visit('broken', 55, `late-${i}`)])
    await collector.send([visit('good', 45, 'late')])

    let now = 0
    let hasFailed = false
    const work = createCreditWork({
      db: collector.db,
      now: () => now,
      onError: () => {
        hasFailed = true
      },
    })
    const isDone = async () =>
      (await collector.rows<{ n: number }>('select count(*)::integer as n from credit_versions'))[0]?.n === 1
    while (!(await isDone()) && now < 600_000) {
      hasFailed = false
      const hasMore = await work()
      now += hasFailed ? 3_000 : hasMore ? 20 : 500 // what the steps of a real one take
    }
    expect(now).toBeLessThan(60_000)
    await collector.db.session(({ script }) => script('drop trigger refuse on credit_versions'))
  })

  it('a person with more credit than fits into a transaction is credited in several, after everyone else', async () => {
    const visits = Array.from({ length: 200 }, (_, i) => visit('big', 900 - i, `s${i}`))
    await collector.send(visits.slice(1))
    for (let sent = 0; sent < 30; sent += 10)
      await collector.send(Array.from({ length: 10 }, (_, i) => purchase('big', 100 - sent - i)))
    await collector.send([purchase('small', 40)])
    await collector.work() // also what was deferred
    await collector.db.query('delete from credit_versions')

    await collector.send(visits.slice(0, 1))
    const { db, errors } = collector
    const step = createCreditWork({ db, now: () => 0, onError: (error) => errors.push(error) })
    const minutesAgo = `round(date_part('epoch', to_timestamp(${collector.clock.now / 1_000}) - c.occurred_at) / 60)`
    const done = async () => {
      const rows = await collector.rows<{ minutes: number }>(
        `select ${minutesAgo} as minutes from credit_versions v join conversions c on c.id = v.conversion_id order by c.id`,
      )
      return rows.map(({ minutes }) => minutes)
    }
    await step() // four models of 200 touches and the conversion itself are 801 rows of 3,000
    expect(await done()).toEqual([100, 99, 98])

    await collector.send([visit('small', 50, 'late')])
    await step()
    expect(await done()).toEqual([100, 99, 98, 97, 96, 95, 40])

    await collector.send([visit('big', 96.5, 'late')]) // earns credit of the last three that are done, too
    while (await step());
    const onceMore = Array.from({ length: 24 }, (_, i) => 94 - i)
    expect(await done()).toEqual([100, 99, 98, 97, 96, 96, 95, 95, ...onceMore, 40])
    expect([await collector.count('credit_queue'), errors]).toEqual([0, []])
  })

  it('of one order in one batch the first report is stored', async () => {
    for (let round = 0; round < 12; round++) {
      const order = { conversion_id: `order ${round}` }
      const { results } = await collector.send([
        ...Array.from({ length: round }, () => event({ anonymous_id: 'a' })), // other ids for the events
        purchase('a', 5, order),
        purchase('a', 4, { ...order, revenue_cents: 2_000 }),
      ])
      expect(results).toMatchObject([{ index: round + 1, conversion: 'duplicate' }])
    }
  })
})

onBothDatabases((open) => {
  let collector: TestCollector
  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  afterAll(() => collector.db.close())

  it('a purchase and its refund by somebody else find each other when they are stored at the same time', async () => {
    const { db, secrets, clock, errors, publicToken } = collector
    const [now, onError] = [() => clock.now, (error: unknown) => errors.push(error)]
    const gate = createSignal()
    let held = 0
    const slow: typeof db = {
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            query: tx.query,
            async commit() {
              held += 1
              await gate.given
              await tx.commit()
            },
          }),
        ),
    }
    const app = createApp({
      db,
      secrets,
      ingest: createIngest({ db: slow, secrets, now, onError, answerLimitMs: 30_000 }),
      tokens: createTokenFinder({ db, secrets, now }),
      sdkFiles: createSdkFiles(),
      now,
      trustedProxyHops: 0,
      isReady: () => true,
      onError,
    })
    const at = (minutes: number) => new Date(clock.now - minutes * 60_000).toISOString()
    const landed = (id: string, source: string) =>
      event({
        anonymous_id: id,
        occurred_at: at(60),
        session: { ...session(id, `https://shop.example/?utm_source=${source}`), started_at: at(60) },
      })
    await collector.send([landed('buyer', 'ad'), landed('other', 'mail')])
    const order = { name: 'purchase', conversion: true, conversion_id: 'X1', currency: 'EUR' }
    const sale = event({ ...order, anonymous_id: 'buyer', revenue_cents: 1_000, occurred_at: at(5) })
    const refund = event({ ...order, anonymous_id: 'other', revenue_cents: -400, occurred_at: at(4) })

    const first = app.request('/v1/batch', {
      method: 'POST',
      body: JSON.stringify({ v: 1, sent_at: new Date(clock.now).toISOString(), events: [sale] }),
      headers: { authorization: `Bearer ${publicToken}`, 'content-type': 'application/json' },
    })
    await vi.waitUntil(() => held > 0, { timeout: 10_000 })
    const second = collector.send([refund])
    gate.give()
    expect((await first).status).toBe(200)
    await second
    await collector.work()
    expect(
      await collector.rows(`
        select s.value as source, k.value_cents::float8 as cents
        from conversion_credits k
        join conversions c on c.id = k.conversion_id and c.attribution_version = k.version
        join touches t on t.id = k.touch_id
        join utm_sources s on s.id = t.utm_source_id
        where k.model = 'last'
        order by 2`),
    ).toEqual([
      { source: 'ad', cents: -400 },
      { source: 'ad', cents: 1_000 },
    ])
  })
})
