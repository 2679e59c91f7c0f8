/** The evaluator of the matcher language and its SQL hold for the same of 10,000 random events, on both databases. */
import { checkMatcher } from '@headwater/attribution/matcher/check-matcher'
import {
  compileMatcher,
  eventFields,
  type MatchedEvent,
  type Matcher,
} from '@headwater/attribution/matcher/matcher'
import { matcherSql } from '@headwater/attribution/matcher/matcher-sql'
import type { Db } from '@headwater/db/db'
import { migrate } from '@headwater/db/migrate'
import { type Columns, rowStatement, runRows } from '@headwater/db/statement'
import { onBothDatabases } from '@headwater/db/testing'
import { randomEvent, randomMatcher, trickyNumbers, trickyTexts } from '@headwater/testkit/random-matchers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const eventCount = 10_000
const matcherCount = 300

type StoredEvent = MatchedEvent & { id: number }

const columns: Columns<StoredEvent> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  name: ({ name }) => name,
  url: ({ url }) => url ?? null,
  title: ({ title }) => title ?? null,
  revenue_cents: ({ revenue_cents }) => revenue_cents ?? null,
  currency: ({ currency }) => currency ?? null,
  props: ({ props }) => (props ? JSON.stringify(props) : null),
}
const insertEvents = rowStatement(
  `-- $1 id, $2 type, $3 name, $4 url, $5 title, $6 revenue_cents, $7 currency, $8 props
insert into random_events
select *
from unnest($1::text::integer[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::text[],
            $6::text::bigint[], $7::text::text[], $8::text::jsonb[])`,
  columns,
)

/** From JSON, as ingest reads them: -0 is 0 then. */
const events: StoredEvent[] = fc
  .sample(randomEvent, { numRuns: eventCount, seed: 8 })
  .map((made, id) => ({ ...JSON.parse(JSON.stringify(made)), id }))

onBothDatabases((open) => {
  let db: Db

  beforeAll(async () => {
    db = await open()
    await migrate(db)
    // The columns of events, without its keys and partitions.
    await db.query(
      `create table random_events as
       select id::integer, type, name, url, title, revenue_cents, currency, props from events`,
    )
    for (let i = 0; i < eventCount; i += 1_000) await runRows(db, insertEvents, events.slice(i, i + 1_000))
  })
  afterAll(() => db.close())

  async function idsInSql(asked: Matcher): Promise<Set<number>> {
    const { sql, params } = matcherSql(asked, eventFields)
    const rows = await db.query<{ id: number }>(`select e.id from random_events e where ${sql}`, params)
    return new Set(rows.map(({ id }) => id))
  }

  /** The events on which the two differ, and how many hold. */
  async function compare(asked: Matcher) {
    expect(checkMatcher(asked, eventFields)).toEqual({ matcher: asked })
    const holds = compileMatcher(asked, eventFields)
    const inSql = await idsInSql(asked)
    return { differing: events.filter((it) => holds(it) !== inSql.has(it.id)), count: inSql.size }
  }

  test('random matchers hold for the same events, and many for some but not all', {
    timeout: 120_000,
  }, async () => {
    let telling = 0
    const agree = fc.asyncProperty(randomMatcher, async (asked) => {
      const { differing, count } = await compare(asked)
      expect(differing).toEqual([])
      if (count > 0 && count < eventCount) telling += 1
    })
    await fc.assert(agree, { numRuns: matcherCount })
    expect(telling).toBeGreaterThan(matcherCount / 3)
  })

  describe.each(['name', 'props.a'])('every text in %s', (field) => {
    test('is found by itself', async () => {
      for (const value of trickyTexts) {
        const { differing, count } = await compare({ field, op: 'is', value })
        expect(differing).toEqual([])
        expect(count).toBeGreaterThan(0)
      }
    })
  })

  test('every number is found by itself, and has the same ones before it', async () => {
    for (const value of trickyNumbers) {
      const found = await compare({ field: 'props.a', op: 'is', value })
      const before = await compare({ field: 'props.a', op: 'lt', value })
      expect([...found.differing, ...before.differing]).toEqual([])
      expect(found.count).toBeGreaterThan(0)
    }
  })
})
