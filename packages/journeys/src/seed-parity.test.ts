/** Whether schema.sql has the tables and columns of the documents that the product grows from. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, openPostgresCatalog } from './catalog.ts'
import { laterTables, seedTables } from './seed-tables.ts'

/** Columns of the documents that nothing would read, in a table where each byte is stored once per event. */
const leftOut: Record<string, string[]> = { event_dedup_keys: ['id', 'created_at'] }

let catalog: Catalog
const ours = new Map<string, string[]>()

beforeAll(async () => {
  catalog = await openPostgresCatalog()
  const rows = await catalog.query<{ name: string; columns: string[] }>(`
    select table_name as name, json_agg(column_name) as columns
      from information_schema.columns
     where table_schema = 'public'
     group by table_name`)
  for (const { name, columns } of rows) ours.set(name, columns)
})
afterAll(() => catalog?.close())

test.each(Object.entries(seedTables))('%s has every column of its document that is read', (name, columns) => {
  expect(columns.filter((column) => !ours.get(name)?.includes(column))).toEqual(leftOut[name] ?? [])
})

test.each(Object.entries(laterTables))(
  'no table of document %s that is listed for later exists yet',
  (_, names) => {
    expect(names.filter((name) => ours.has(name))).toEqual([])
  },
)

test('all 65 tables of the documents exist or are listed for later', () => {
  expect([...Object.keys(seedTables), ...Object.values(laterTables).flat()]).toHaveLength(65)
})
