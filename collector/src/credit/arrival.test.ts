/** Credit depends on what happened, not on the order in which events arrive, when the worker runs, or on merges that were undone. */
import type { WireEvent } from '@headwater/contract'
import { createPgliteDb } from '@headwater/db/pglite'
import { temporaryFolder } from '@headwater/testkit/databases'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mergeCustomers, unmergeCustomers } from '../identity/merge.ts'
import { hashToUuid } from '../ingest/uuid.ts'
import { createRule } from '../rules/rules.ts'
import { createTestCollector, noon, type TestCollector } from '../testing.ts'
import { createCreditWork } from './recompute/credit-work.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** All models, so that some of them exclude direct, count by age, or name events. */
const models = [
  'first',
  'last',
  'last_non_direct',
  'first_paid',
  'linear',
  'time_decay:half_life_days=2',
  'position_based',
  'custom:first=1,middle=1,last=3',
  'u_shaped_lead',
  'full_path:lead_event=signup,deal_event=trial',
  'participation',
]

let collector: TestCollector
beforeAll(async () => {
  const db = await createPgliteDb({ folder: `${await temporaryFolder()}/pglite` })
  collector = await createTestCollector(db, { models, default_model: 'linear', lookback_days: 5 })
  const matcher = { field: 'name', op: 'is', value: 'checkout' }
  await createRule(db, {
    website: collector.websiteId,
    name: 'purchase',
    matcher,
    counting: 'once_per_customer',
  })
})
afterAll(() => collector.db.close())

// ---------------------------------------------------------------- what happens

/** Alice has two browsers, whose customers are one person; Bob has one. Servers know each by a user id of the same name. */
const cookies = ['alice-1', 'alice-2', 'bob']
const sources = ['', '?utm_source=mail', '?utm_source=ads&utm_medium=cpc&gclid=X', '?utm_source=post']

const someone = fc.constantFrom(...cookies)
/** Few enough minutes that many events share an instant, an assigned session, or neither; some are older than the look-back. */
const atTime = fc
  .record({ days: fc.integer({ min: 0, max: 7 }), minutes: fc.integer({ min: 0, max: 8 }) })
  .map(({ days, minutes }) => new Date(noon - days * dayMs - minutes * 12 * minuteMs).toISOString())
const landing = fc.constantFrom(...sources).map((query) => `https://shop.example/${query}`)

type Happening = Omit<WireEvent, 'idempotency_key'>

/** Without a session, so that the collector assigns one: such events need times of their own, see `history`. */
const view: fc.Arbitrary<Happening> = fc.record({
  type: fc.constant('page' as const),
  name: fc.constant('/'),
  anonymous_id: someone,
  occurred_at: atTime,
  url: landing,
})
/** The session of a day, as a client reports it: the same in each report. */
const reportedView: fc.Arbitrary<Happening> = fc
  .record({
    anonymous_id: someone,
    day: fc.integer({ min: 0, max: 6 }),
    minutes: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ anonymous_id, day, minutes }) => ({
    type: 'page',
    name: '/',
    anonymous_id,
    occurred_at: new Date(noon - (day + 0.5) * dayMs + minutes * minuteMs).toISOString(),
    session: sessionOf(anonymous_id, day),
  }))
const sessionOf = (cookie: string, day: number) => ({
  id: `${cookie}-${day}`,
  started_at: new Date(noon - (day + 0.5) * dayMs).toISOString(),
  landing_url: `https://shop.example/${sources[(day + cookie.length) % sources.length]}`,
})
const contact: fc.Arbitrary<Happening> = fc.record({
  type: fc.constant('touch' as const),
  name: fc.constantFrom('ad_click', 'email_open'),
  user_id: someone,
  occurred_at: atTime,
  url: landing,
})
const milestone: fc.Arbitrary<Happening> = fc.record({
  type: fc.constant('track' as const),
  name: fc.constantFrom('lead_created', 'signup', 'trial'),
  user_id: someone,
  occurred_at: atTime,
})
const purchase = fc
  .record({
    who: someone,
    occurred_at: atTime,
    value: fc.constantFrom(undefined, 0, 1, 100, 9_999),
    remembered: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    byRule: fc.boolean(),
  })
  .map(
    ({ value, remembered, byRule, who, occurred_at }): Happening => ({
      type: 'track',
      ...(byRule ? { name: 'checkout' } : { name: 'purchase', conversion: true }), // the rule counts one of each person
      occurred_at,
      ...(value !== undefined && { revenue_cents: value, currency: 'EUR' }),
      ...(remembered === undefined ? { user_id: who } : remembering(who, remembered)),
    }),
  )
/** In the session of a day, which its other events report too, and which the device remembers beside another one. */
const remembering = (cookie: string, day: number) => {
  const { id, started_at, landing_url } = sessionOf(cookie, day)
  const touches = [{ session_id: id, occurred_at: started_at, url: landing_url }]
  const session = sessionOf(cookie, 0)
  const occurred_at = new Date(Date.parse(session.started_at) + 10 * minuteMs).toISOString()
  return { anonymous_id: cookie, session, occurred_at, touches }
}
const refund = fc
  .record({
    user_id: someone,
    occurred_at: atTime,
    order: fc.nat({ max: 5 }),
    value: fc.constantFrom(-1, -7, -50, -100, -9_999),
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
  })
  .map(
    ({ value, order, ...rest }): Happening => ({
      type: 'track',
      name: 'purchase',
      conversion: true,
      conversion_id: `order ${order}`,
      revenue_cents: value,
      ...rest,
    }),
  )

/** Purchases have one order number each; refunds may name one that no purchase has. */
const history = fc
  .record({
    purchases: fc.array(purchase, { minLength: 1, maxLength: 4 }),
    refunds: fc.array(refund, { maxLength: 4 }),
    others: fc.array(fc.oneof(view, view, reportedView, contact, milestone), { minLength: 1, maxLength: 9 }),
  })
  .map(({ purchases, refunds, others }) =>
    [...purchases.map((one, i) => ({ ...one, conversion_id: `order ${i}` })), ...refunds, ...others].map(
      (one, i): WireEvent => ({ idempotency_key: `event ${i}`, ...one, occurred_at: ownTime(one, i) }),
    ),
  )

/** Of events without a session at one instant, the first to arrive would open it; of two checkouts, it would count. */
const ownTime = ({ occurred_at, url, type, name }: Happening, i: number) =>
  (url && type === 'page') || name === 'checkout'
    ? new Date(Date.parse(occurred_at) - i).toISOString()
    : occurred_at

/** The events in an order of arrival, in batches, and after which of them the worker works. */
const arrival = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
    batchSize: fc.integer({ min: 1, max: 4 }),
    worksAfter: fc.array(fc.boolean(), { minLength: events.length, maxLength: events.length }),
  }),
)

// ---------------------------------------------------------------- what is left of it

interface Conversion {
  event: string
  [column: string]: unknown
}
interface Credit {
  event: string
  model: string
  touch: string
  weight: number
  value: number | null
}

/** By what events say: ids follow the order of arrival. */
const touchName = `concat_ws(' ', (select left(i.value_hash, 8) from identities i where i.id = c.user_identity_id), date_part('epoch', t.occurred_at), t.touch_key)`
const conversions = () =>
  collector.rows<Conversion>(`
    select
      (select key.idempotency_key::text from event_dedup_keys key where key.event_id = k.event_id) as event,
      ${['first_touch_id', 'last_non_direct_touch_id', 'attributed_touch_id'].map((id) => `(select ${touchName} from touches t join customers c on c.id = t.customer_id where t.id = k.${id}) as ${id}`)},
      attribution_model, lookback_days, conversion_id, value_cents::float8 as value, currency, over_refund_cents::float8 as over, counted
    from conversions k
    order by 1`)
const credits = () =>
  collector.rows<Credit>(`
    select
      (select key.idempotency_key::text from event_dedup_keys key where key.event_id = k.event_id) as event,
      r.model, ${touchName} as touch, r.weight, r.value_cents::float8 as value
    from conversions k
    join conversion_credits r on r.conversion_id = k.id and r.version = k.attribution_version
    join touches t on t.id = r.touch_id
    join customers c on c.id = t.customer_id
    order by 1, 2, 3`)

async function introduceEveryone(): Promise<void> {
  await collector.clear()
  for (const anonymous_id of cookies)
    await collector.send([
      {
        idempotency_key: anonymous_id,
        type: 'track',
        name: 'hello',
        anonymous_id,
        user_id: anonymous_id,
        occurred_at: new Date(noon - 29 * dayMs).toISOString(),
      },
    ])
}

async function customerOf(cookie: string): Promise<string> {
  const [row] = await collector.rows<{ id: string }>(
    `select customer_id::text as id from events where idempotency_key = '${hashToUuid(cookie)}'`,
  )
  return row?.id ?? ''
}

/** By hand, because each has a user id. */
async function merge(from: string, into: string): Promise<string | null> {
  const { db, websiteId } = collector
  const customers = { from: await customerOf(from), into: await customerOf(into) }
  const { merge } = await mergeCustomers(db, { websiteId, ...customers, by: 'test', twoUserIds: 'unite' })
  return merge
}

/** A few conversions in each transaction, so that orders and persons are divided between several. */
async function credit(): Promise<void> {
  const { db, errors } = collector
  const work = createCreditWork({ db, now: () => 0, onError: (error) => errors.push(error), tasksAtOnce: 1 })
  while (await work());
}

async function store({ batches, worksAfter }: { batches: WireEvent[][]; worksAfter: boolean[] }) {
  await introduceEveryone()
  await merge('alice-2', 'alice-1')
  for (const [i, batch] of batches.entries()) {
    expect((await collector.send(batch)).accepted).toBe(batch.length)
    if (worksAfter[i]) await credit()
  }
  await credit()
  return stored()
}

async function stored() {
  expect(collector.errors).toEqual([])
  return { conversions: await conversions(), credits: await credits() }
}

const inBatches = <Item>(items: Item[], size: number): Item[][] =>
  items.length === 0 ? [] : [items.slice(0, size), ...inBatches(items.slice(size), size)]

/** What must hold for any history. */
function check(history: { conversions: Conversion[]; credits: Credit[] }): void {
  const sum = (values: (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0)
  const isShared = ({ model }: Credit) => model !== 'participation'
  for (const { event, value, over } of history.conversions) {
    const own = history.credits.filter((credit) => credit.event === event && isShared(credit))
    for (const model of new Set(own.map((credit) => credit.model))) {
      const ofModel = own.filter((credit) => credit.model === model)
      expect(sum(ofModel.map(({ weight }) => weight))).toBeCloseTo(1, 9)
      expect(sum(ofModel.map((credit) => credit.value))).toBe(Number(value ?? 0) + Number(over))
    }
  }
  const orders = new Set(
    history.conversions
      .filter(({ value }) => Number(value) >= 0)
      .map((sale) => `${sale.conversion_id} ${sale.currency}`),
  )
  for (const order of orders) {
    const parts = history.conversions
      .filter((one) => `${one.conversion_id} ${one.currency}` === order)
      .map(({ event }) => event)
    const own = history.credits.filter(({ event }) => parts.includes(event))
    for (const name of new Set(own.map(({ model, touch }) => `${model} ${touch}`))) {
      const net = sum(
        own.filter(({ model, touch }) => `${model} ${touch}` === name).map(({ value }) => value),
      )
      expect(net).toBeGreaterThanOrEqual(0)
    }
  }
}

const runs = Number(process.env.ARRIVAL_RUNS ?? 15)

it(
  'any order of arrival gives the same credit, to the cent, and no touch less than nothing',
  async () => {
    await fc.assert(
      fc.asyncProperty(arrival, async ({ events, shuffled, batchSize, worksAfter }) => {
        const inTime = events.toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))
        const expected = await store({ batches: inBatches(inTime, 1), worksAfter: [] })
        check(expected)
        expect(await store({ batches: inBatches(shuffled, batchSize), worksAfter })).toEqual(expected)
      }),
      { numRuns: runs },
    )
  },
  runs * 10_000,
)

it(
  'a merge that is undone leaves the credit of the same history without it',
  async () => {
    const steps = fc.record({ mergedAfter: fc.nat({ max: 14 }), unmergedAfter: fc.nat({ max: 14 }) })
    await fc.assert(
      fc.asyncProperty(
        arrival,
        steps,
        async ({ shuffled, batchSize, worksAfter }, { mergedAfter, unmergedAfter }) => {
          const batches = inBatches(shuffled, batchSize)
          const expected = await store({ batches, worksAfter: [] })

          await introduceEveryone()
          await merge('alice-2', 'alice-1')
          let id: string | null = null
          for (const [i, batch] of [...batches, []].entries()) {
            if (i === Math.min(mergedAfter, batches.length)) id = await merge('bob', 'alice-1')
            if (batch.length > 0) await collector.send(batch)
            if (worksAfter[i]) await credit()
            if (id && (i === unmergedAfter || i === batches.length)) {
              await unmergeCustomers(collector.db, { websiteId: collector.websiteId, merge: id, by: 'test' })
              id = null
            }
          }
          await credit()
          expect(await stored()).toEqual(expected)
        },
      ),
      { numRuns: runs },
    )
  },
  runs * 10_000,
)
