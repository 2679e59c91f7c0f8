import { onBothDatabases } from '@headwater/db/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { operations } from '../../operations.ts'
import { createTestCollector, event, session, type TestCollector } from '../../testing.ts'
import { createNeighbours, type Neighbours, takeSnapshot } from '../erase/testing.ts'

type Row = Record<string, unknown>
type Document = Record<string, Row[]>

onBothDatabases((open) => {
  let collector: TestCollector
  let people: Neighbours

  beforeAll(async () => {
    collector = await createTestCollector(await open())
  })
  beforeEach(async () => {
    await collector.clear()
    people = await createNeighbours(collector)
  })
  afterAll(() => collector.db.close())

  /** The document and the lengths of its pieces. */
  async function exportOf(customer: string): Promise<{ document: Document; pieces: number[] }> {
    const { websiteId: website } = collector
    let piece = await operations['customer.export'](collector, { website, customer })
    const texts = [piece.text]
    while (piece.cursor !== null) {
      piece = await operations['customer.export'](collector, { website, cursor: piece.cursor })
      texts.push(piece.text)
    }
    return {
      document: JSON.parse(texts.join('')) as Document, // its sections are lists of rows
      pieces: texts.map(({ length }) => length),
    }
  }

  /** The sections that hold the rows of each table with a customer. */
  const sections: Record<string, string> = {
    customers: 'customers',
    customer_identity_links: 'identities',
    customer_merges: 'merges',
    identity_conflicts: 'conflicts',
    sessions_tracking: 'sessions',
    touches: 'touches',
    events: 'events',
    conversions: 'conversions',
  }
  /** What waits to be credited says nothing about the person, and an erasure has no person any more. */
  const leftOut = ['credit_queue', 'erasures']

  it('has every row of the person once, from every table that has a customer', async () => {
    const { document } = await exportOf(people.alice)
    const snapshot = await takeSnapshot(collector)
    const isHers = (row: Row) =>
      Object.entries(row).some(
        ([column, value]) => column.endsWith('customer_id') && people.aliceIds.includes(String(value)),
      )
    for (const [table, rows] of snapshot) {
      const hers =
        table === 'customers'
          ? rows.filter(({ id }) => people.aliceIds.includes(String(id)))
          : rows.filter(isHers)
      if (hers.length === 0 || leftOut.includes(table)) continue
      const section = sections[table] ?? `${table}: put it into the export`
      const exported = document[section] ?? []
      expect([section, exported.length]).toEqual([section, hers.length])
      if (table === 'customer_identity_links') continue // named by what they link
      expect(exported.map(({ id }) => id).sort()).toEqual(hers.map(({ id }) => String(id)).sort())
    }
    expect(document.conversions?.[0]).toMatchObject({
      versions: [{ version: 2, reason: 'late_touch' }],
      credits: expect.arrayContaining([
        expect.objectContaining({ model: 'first', weight: 1, value_cents: 5_000 }),
      ]),
    })
  })

  it('says names in place of ids, and has rejected events as they came', async () => {
    const { document } = await exportOf(people.alice)
    expect(document.sessions?.map(({ utm_source, landing_page }) => [utm_source, landing_page])).toEqual([
      ['ad', '/'],
      ['letter', '/'],
    ])
    expect(document.touches).toEqual(
      expect.arrayContaining([expect.objectContaining({ utm_source: 'letter', utm_medium: 'cpc' })]),
    )
    expect(document.events?.at(-1)).toMatchObject({
      props: { size: 'M' },
      revenue_cents: 5_000,
      currency: 'EUR',
      token: 'public',
    })
    expect(document.rejected_events).toMatchObject([
      { code: 'currency_required', payload: expect.stringContaining('alice') },
    ])
  })

  it('leaves out no column of a table with a customer, but those that are about storing', async () => {
    const columns = await collector.rows<{ table: string; column: string }>(`
      select c.relname::text as table, a.attname::text as column
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
    const { document } = await exportOf(people.alice)
    const asNamed: Record<string, string> = {
      landing_page_id: 'landing_page',
      referrer_domain_id: 'referrer_domain',
      ingestion_token_id: 'token',
      rule_id: 'rule',
      from_customer_id: 'from',
      into_customer_id: 'into',
    }
    const aboutStoring: Record<string, string[]> = {
      customers: [
        'user_identity_id',
        'status',
        'merged_into_id',
        'canonical_id',
        'merge_count',
        'identity_count',
      ],
      customer_identity_links: ['id', 'identity_id', 'first_seen_at', 'ended_at'], // since, until
      identity_conflicts: ['identity_id'],
      sessions_tracking: ['cookie_identity_id'],
    }
    const missing = columns.flatMap(({ table, column }) => {
      const section = sections[table]
      const utm = /^(utm_\w+)_id$/.exec(column)?.[1]
      const name = asNamed[column] ?? utm ?? column
      const isKept = ['website_id', 'created_at', 'updated_at', ...(aboutStoring[table] ?? [])].includes(
        column,
      )
      const [row] = (section && document[section]) || []
      return section && !isKept && !(row && name in row) ? [`${table}.${column}`] : []
    })
    expect(missing).toEqual([])
  })

  it('of a person with many events comes in pieces', async () => {
    const batch = (n: number) =>
      Array.from({ length: 500 }, (_, i) =>
        event({ anonymous_id: 'many', session: session('m'), props: { n: n * 500 + i } }),
      )
    for (const n of [0, 1, 2, 3]) await collector.send(batch(n))
    await collector.send(batch(4).slice(0, 400))
    const found = await operations['customer.show'](collector, {
      website: collector.websiteId,
      type: 'cookie',
      value: 'many',
    })
    const { document, pieces } = await exportOf(found.id)
    const numbers = document.events?.map(({ props }) => (props as { n: number }).n) ?? []
    expect(new Set(numbers).size).toBe(2_400)
    expect(numbers).toHaveLength(2_400)
    expect(Math.max(...pieces)).toBeLessThan(pieces.reduce((sum, length) => sum + length) / 2)
  })
})
