/** What generated rows have in common with those of a collector, which has to work with them. */

import { migrate } from '@headwater/db/migrate'
import { createPostgresDb } from '@headwater/db/postgres'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postBatch } from '../post-batch.ts'
import { createEvent, createVisitor } from '../rows.ts'
import { pepper } from '../targets.ts'
import { returningVisitor } from '../visits.ts'
import { generate, makeWebsites } from './generate.ts'

const size = { websites: 3, customers: 30, sessions: 80 }
const websites = makeWebsites(size.websites)
const websiteIds = websites.map(({ id }) => id)

let sql: postgres.Sql
let collector: CollectorProcess

beforeAll(async () => {
  const url = await freshPostgresUrl()
  const db = createPostgresDb({ url })
  await migrate(db)
  await db.close()
  await generate(url, {
    size,
    websites,
    customers: { websiteIds, ranks: { from: 0, until: 10 } },
    sessions: 'all',
  })
  sql = postgres(url, { max: 1 })
  collector = await startCollectorProcess('serve', { DATABASE_URL: url, HEADWATER_PEPPER: pepper })
})
afterAll(async () => {
  await collector.end('SIGTERM')
  await sql.end()
})

const numbers = async (query: string): Promise<number[]> => {
  const [row = []] = await sql.unsafe(query).values() // not by name: most columns have the same one
  return row.map(Number)
}

it('every session has a touch, a stream, a request and five events, each with its key', async () => {
  const counts = await numbers(`
    select
      (select count(*) from customers),
      (select count(*) from sessions_tracking),
      (select count(*) from touches t join sessions_tracking s on (s.website_id, s.id, s.started_at) = (t.website_id, t.session_id, t.occurred_at)),
      (select count(*) from client_streams),
      (select sum(stored) from token_usages),
      (select count(*) from events e join sessions_tracking s on s.website_id = e.website_id and s.id = e.session_id and e.occurred_at between s.started_at and s.ended_at and s.customer_id = e.customer_id),
      (select count(*) from event_dedup_keys k join events e on (e.website_id, e.id, e.idempotency_key) = (k.website_id, k.event_id, k.idempotency_key))`)
  expect(counts).toEqual([30, 80, 80, 80, 400, 400, 400])
})

it('every model shares the whole value of a conversion', async () => {
  const shared = await sql`
    select c.id, k.model
    from conversions c
    join conversion_credits k on k.website_id = c.website_id and k.conversion_id = c.id
    group by c.id, c.value_cents, k.model
    having sum(k.value_cents) = c.value_cents and abs(sum(k.weight) - 1) < 1e-9`
  expect(shared).toHaveLength(4 * 4) // every 20th of 80 sessions bought
  expect(await numbers('select sum(conversion_count) from sessions_tracking')).toEqual([4])
})

it('customers have their first and their latest touch', async () => {
  const wrong = await sql`
    select c.id
    from customers c
    join touches t using (website_id)
    where t.customer_id = c.id
    group by c.website_id, c.id
    having (min(t.id), max(t.id)) is distinct from (c.first_touch_id, c.last_touch_id)`
  expect(wrong).toEqual([])
})

it('the collector recognises a generated customer by the cookie, and assigns new ids to new rows', async () => {
  const [rank, website] = [4, websites[1]!] // there are three
  const visitor = createVisitor(1, Date.now() - 60_000, returningVisitor(website.id, rank))
  const { token } = website
  const answer = await postBatch({ url: collector.url, token }, [
    createEvent(visitor, 1),
    createEvent(visitor, 2),
  ])
  expect(answer).toMatchObject({ status: 200, receipt: { accepted: 2 } })
  const stored = await sql`
    select distinct customer_id::integer from events where occurred_at > now() - interval '2 minutes'`
  expect(stored).toEqual([{ customer_id: rank * size.websites + website.id }])
  expect(await numbers('select count(*), count(distinct id) from events')).toEqual([402, 402])
  expect(
    await numbers('select count(distinct id), count(distinct client_session_id) from sessions_tracking'),
  ).toEqual([81, 81])
})

it('a campaign of the load is one of the generated ones', async () => {
  const before = await numbers('select count(*), (select count(*) from landing_pages) from utm_campaigns')
  const [website] = websites
  const visitors = Array.from({ length: 20 }, (_, i) => createVisitor(i, Date.now() - 60_000))
  const target = { url: collector.url, token: website!.token } // there are three
  const answer = await postBatch(
    target,
    visitors.map((visitor, i) => createEvent(visitor, i + 1)),
  )
  expect(answer.receipt?.accepted).toBe(20)
  expect(await numbers('select count(*), (select count(*) from landing_pages) from utm_campaigns')).toEqual(
    before,
  )
})
