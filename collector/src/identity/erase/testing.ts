/** For tests of erasing: some people who share a device, an order and an e-mail, and all rows of the database. Never shipped. */
import { createHash } from 'node:crypto'
import { event, session, type TestCollector } from '../../testing.ts'

/** The ids of the customers of Alice, whom tests erase, and of the others. */
export interface Neighbours {
  alice: string
  /** All customers of Alice. */
  aliceIds: string[]
  bob: string
  carol: string
}

const minutesAgo = (collector: TestCollector, minutes: number) =>
  new Date(collector.clock.now - minutes * 60_000).toISOString()

export const emailHash = (address: string) => createHash('sha256').update(address).digest('hex')

/**
 * Alice comes by an ad on one device, signs in there and on another one, and buys. Bob identifies on her first device, in her
 * session, and buys there too. Carol refunds Alice's order. A rejected event of each is kept.
 */
export async function createNeighbours(collector: TestCollector): Promise<Neighbours> {
  const at = (minutes: number) => ({ occurred_at: minutesAgo(collector, minutes) })
  const visit = (id: string, source: string, minutes: number) =>
    session(id, `https://shop.example/?utm_source=${source}&utm_medium=cpc`, {
      started_at: minutesAgo(collector, minutes),
    })
  const [first, second, bobs] = [visit('s1', 'ad', 60), visit('s2', 'letter', 50), visit('s3', 'search', 20)]
  const alice = { user_id: 'alice', identities: [{ type: 'email_hash', value: emailHash('a@example.com') }] }
  const order = { name: 'purchase', conversion: true, currency: 'EUR', conversion_id: '1001' }
  await collector.send([
    event({
      anonymous_id: 'd1',
      session: first,
      type: 'page',
      name: 'page',
      url: 'https://shop.example/',
      ...at(60),
    }),
    event({ anonymous_id: 'd1', session: first, type: 'identify', name: undefined, ...alice, ...at(55) }),
    event({ anonymous_id: 'd2', session: second, type: 'page', name: 'page', ...at(50) }),
  ])
  await collector.send([
    event({ anonymous_id: 'd2', session: second, type: 'identify', name: undefined, ...alice, ...at(48) }),
    event({
      anonymous_id: 'd2',
      session: second,
      ...order,
      ...alice,
      revenue_cents: 5_000,
      ...at(45),
      props: { size: 'M' },
    }),
    event({
      anonymous_id: 'd1',
      user_id: 'bob',
      session: first,
      ...order,
      conversion_id: '1002',
      revenue_cents: 700,
      ...at(30),
    }),
    event({ anonymous_id: 'd3', user_id: 'bob', session: bobs, type: 'page', name: 'page', ...at(20) }),
    event({ anonymous_id: 'd4', user_id: 'carol', ...order, revenue_cents: -5_000, ...at(10) }),
    event({ anonymous_id: 'd1', user_id: 'alice', revenue_cents: 100, ...at(5) }), // rejected: no currency
    event({ anonymous_id: 'd3', user_id: 'bob', revenue_cents: 100, ...at(5) }),
  ])
  const known = await collector.rows<{ name: string; id: string; members: string[] }>(`
    select e.name, c.canonical_id::text as id,
      (select json_agg(m.id::text order by m.id) from customers m where m.canonical_id = c.canonical_id) as members
    from (
      select distinct on (customer_id) customer_id,
        case revenue_cents when 5000 then 'alice' when 700 then 'bob' else 'carol' end as name
      from events where revenue_cents is not null
    ) e
    join customers c on c.id = e.customer_id`)
  const idOf = (name: string) => known.find((one) => one.name === name)?.id ?? ''
  const aliceIds = known.find(({ name }) => name === 'alice')?.members ?? []
  await collector.db.session((session) =>
    session.script(`
      insert into identity_conflicts (website_id, kind, customer_id, other_customer_id, first_seen_at, last_seen_at)
      select distinct e.website_id, 'shared_email', b.customer_id, e.customer_id, now(), now()
      from events e, events b
      where e.revenue_cents = 5000 and b.revenue_cents = 700;
      insert into credit_versions (website_id, conversion_id, version, reason)
      select website_id, id, 2, 'late_touch' from conversions where value_cents in (5000, 700)`),
  )
  return { alice: idOf('alice'), aliceIds, bob: idOf('bob'), carol: idOf('carol') }
}

/** The rows of each table, as JSON. */
export type Snapshot = Map<string, Record<string, unknown>[]>

/** All rows of all tables, by the names of their tables. */
export async function takeSnapshot({ rows }: TestCollector): Promise<Snapshot> {
  const tables = await rows<{ name: string }>(`
    select c.relname::text as name
    from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
    order by 1`)
  const snapshot: Snapshot = new Map()
  for (const { name } of tables) {
    const found = await rows<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${name} t order by to_jsonb(t)::text`,
    )
    snapshot.set(
      name,
      found.map(({ row }) => row),
    )
  }
  return snapshot
}
