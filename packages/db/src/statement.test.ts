/** How a statement gets its parameters, and which mistakes do not even load. */
import { describe, expect, it } from 'vitest'
import type { Param, Queries } from './db.ts'
import { parametersOf, rowStatement, run, runRows, statement } from './statement.ts'

const byName = `-- Finds something.
-- $1 website_id, $2 name
-- Index: none
select $2::text, $1::text::bigint`

const overRows = `-- Adds things.
-- $1 website_id, $2 name,
-- $3 seen_at: in lock order, $4 limit
-- Index: none
insert into things select unnest($1::text::bigint[]), unnest($2::text::text[]), to_timestamp(unnest($3::text::float8[]) / 1000) limit $4::integer`

interface Thing {
  website: string
  name: string | null
  at: number
}

const columns = {
  website_id: ({ website }: Thing) => website,
  seen_at: ({ at }: Thing) => at,
  name: ({ name }: Thing) => name,
}

function recorder() {
  const asked: [string, readonly Param[]][] = []
  const queries: Queries = {
    async query(sql, params = []) {
      asked.push([sql, params])
      return []
    },
  }
  return { queries, asked }
}

it('single values are passed by name, in the order of the header', async () => {
  const { queries, asked } = recorder()
  await run<unknown, 'name' | 'website_id'>(queries, statement(byName, 'name', 'website_id'), {
    name: 'n',
    website_id: '7',
  })
  expect(asked).toEqual([[byName, ['7', 'n']]])
})

it('rows are passed as one array literal per column, in the order of the header, with single values among them', async () => {
  const { queries, asked } = recorder()
  const things = [
    { website: '1', name: 'a "b"', at: Date.parse('2026-11-20T12:00:00.123Z') },
    { website: '2', name: null, at: 0 },
  ]
  await runRows(queries, rowStatement(overRows, columns, 'limit'), things, { limit: 5 })
  expect(asked[0]?.[1]).toEqual(['{1,2}', '{"a \\"b\\"",NULL}', '{1795176000123,0}', 5])
})

it('a column that is null in every row is one null', async () => {
  const { queries, asked } = recorder()
  const nameless = { website: '1', name: null, at: 0 }
  await runRows(queries, rowStatement(overRows, columns, 'limit'), [nameless, nameless], { limit: 5 })
  expect(asked[0]?.[1][1]).toBeNull()
})

it('without rows nothing is sent', async () => {
  const { queries, asked } = recorder()
  expect(await runRows(queries, rowStatement(overRows, columns, 'limit'), [], { limit: 5 })).toEqual([])
  expect(asked).toEqual([])
})

describe('a statement does not load', () => {
  const { name: _, ...nameless } = columns
  it.each<[string, () => unknown, string]>([
    ['without a name of its header', () => statement(byName, 'name'), 'also has [website_id]'],
    ['with a name that its header lacks', () => statement(byName, 'name', 'website_id', 'x'), 'lacks [x]'],
    ['without a column of its header', () => rowStatement(overRows, nameless, 'limit'), 'also has [name]'],
    [
      'with a column that is not cast from an array',
      () => rowStatement(byName, { name: () => '', website_id: () => '' }),
      '$1 is a column',
    ],
    [
      'with numbers out of order',
      () => parametersOf('-- $2 b, $1 a\nselect $1, $2'),
      'numbers $2 out of order',
    ],
    [
      'with a parameter that its header does not name',
      () => parametersOf('-- $1 a\nselect $1, $2'),
      'names 1 parameters, the statement uses 2',
    ],
    [
      'with a name that it does not use',
      () => parametersOf('-- $1 a, $2 b\nselect $1'),
      'names 2 parameters, the statement uses 1',
    ],
  ])('%s', (_title, load, message) => {
    expect(load).toThrow(message)
  })
})
