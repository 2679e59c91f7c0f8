/** States what becomes SQL text, and what a parameter. That it means the same as the evaluator is tested on databases. */
import { expect, test } from 'vitest'
import { eventFields, type Matcher } from './matcher.ts'
import { matcherSql } from './matcher-sql.ts'

test('a condition on a column reads that column', () => {
  expect(matcherSql({ field: 'name', op: 'is', value: 'Purchase' }, eventFields)).toEqual({
    sql: `((lower((e.name) collate "C") in ($1::text)) is true)`,
    params: ['purchase'],
  })
})

test('a negation also holds for null', () => {
  expect(matcherSql({ field: 'revenue_cents', op: 'is_not', value: 5 }, eventFields)).toEqual({
    sql: '(((e.revenue_cents) in ($1::text::numeric)) is not true)',
    params: ['5'],
  })
})

test('letters beyond ASCII are folded only where the value holds them', () => {
  expect(matcherSql({ field: 'title', op: 'contains', value: 'Über' }, eventFields)).toEqual({
    sql: `((strpos(translate(lower((e.title) collate "C"), $1::text, $2::text), $3::text) > 0) is true)`,
    params: ['Ü', 'ü', 'über'],
  })
})

test('nothing that a user writes is in the text', () => {
  const evil = `x') or 1=1; drop table "events" --`
  const matcher: Matcher = {
    any: [
      { field: `props.${evil}`, op: 'in', value: [evil, 1234567] },
      { not: { all: [{ field: `props.a.${evil}`, op: 'ends_with', value: evil }] } },
      { field: 'props.b', op: 'gt', value: 7654321 },
    ],
  }
  const { sql, params } = matcherSql(matcher, eventFields)
  expect(sql).not.toMatch(/drop|1234567|7654321/)
  expect(params).toEqual([evil, '1234567', 'a', 'b', '7654321'])
})

test('parameters continue those of the statement around it', () => {
  const matcher: Matcher = {
    all: [
      { field: 'currency', op: 'is', value: 'EUR' },
      { field: 'name', op: 'is', value: 'a' },
    ],
  }
  expect(matcherSql(matcher, eventFields, 3).sql).toMatch(/\(\$3::text\).*\(\$4::text\)/)
})

test.each<[Matcher, string]>([
  [{ all: [] }, '(true)'],
  [{ any: [] }, '(false)'],
  [{ field: 'name', op: 'gt', value: 1 }, '((false) is true)'],
  [{ field: 'revenue_cents', op: 'is', value: 'a' }, '((false) is true)'],
])('%j needs no parameter', (matcher, sql) => {
  expect(matcherSql(matcher, eventFields)).toEqual({ sql, params: [] })
})

test('a field that is none is refused', () => {
  expect(() => matcherSql({ field: '1=1', op: 'exists' }, eventFields)).toThrow(TypeError)
})
