/** Compiles a matcher to a condition in SQL, for PostgreSQL 15 and later; whatever a user wrote is a parameter. */
import { type Condition, readCondition, type Test } from './condition.ts'
import { getField, type SqlField } from './fields.ts'
import { casePairs } from './fold-case.ts'
import type { Matcher } from './matcher.ts'

export interface MatcherSql {
  /** Never null; stands anywhere a condition may. */
  sql: string
  params: string[]
}

/** A condition in SQL that holds for the same rows as `compileMatcher`. Its parameters are numbered from `firstParam`. */
export function matcherSql(matcher: Matcher, fields: Record<string, SqlField>, firstParam = 1): MatcherSql {
  const params: string[] = []
  const bind = (value: string) => {
    const at = params.indexOf(value)
    return `$${firstParam + (at < 0 ? params.push(value) - 1 : at)}::text`
  }
  const sql = toSql(matcher, { fields, bind })
  return { sql, params }
}

/** Makes a text a parameter; the same text is the same parameter. */
type Bind = (value: string) => string

interface Target {
  fields: Record<string, SqlField>
  bind: Bind
}

function toSql(matcher: Matcher, target: Target): string {
  const compile = (part: Matcher) => toSql(part, target)
  if ('all' in matcher) return `(${matcher.all.map(compile).join(' and ') || 'true'})`
  if ('any' in matcher) return `(${matcher.any.map(compile).join(' or ') || 'false'})`
  if ('not' in matcher) return `(not ${compile(matcher.not)})`
  return conditionSql(matcher, target)
}

function conditionSql(condition: Condition, { fields, bind }: Target): string {
  const { column, keys } = getField(fields, condition.field)
  const { test, isNegated } = readCondition(condition)
  // By a text, -> finds the keys of objects and nothing in lists.
  const value = { type: column.type, sql: `(${[column.sql, ...keys.map(bind)].join(' -> ')})` }
  return `((${columnTest(test, value, bind)}) is ${isNegated ? 'not true' : 'true'})`
}

function columnTest(test: Test, { type, sql }: SqlField, bind: Bind): string {
  if (type === 'json') return jsonTest(test, sql, bind)
  if (test.kind === 'exists') return `${sql} is not null`
  return scalarTest(test, type === 'text' ? { text: sql } : { number: sql, numberType: 'numeric' }, bind)
}

function jsonTest(test: Test, value: string, bind: Bind): string {
  if (test.kind === 'exists') return `jsonb_typeof(${value}) <> 'null'`
  const ofItem = scalarTest(test, jsonScalar('item'), bind)
  const ofValue = scalarTest(test, jsonScalar(value), bind)
  const ofAnyItem = `exists (select from jsonb_array_elements(${value}) as item where ${ofItem})`
  return `case when jsonb_typeof(${value}) = 'array' then ${ofAnyItem} else ${ofValue} end`
}

/** A value as text and as number, each null in SQL where it is neither; absent: it never is. */
interface ScalarSql {
  text?: string
  number?: string
  numberType?: 'numeric' | 'jsonb'
}

const jsonScalar = (value: string): ScalarSql => ({
  text: `case when jsonb_typeof(${value}) in ('string', 'boolean') then ${value} #>> '{}' end`,
  number: `case when jsonb_typeof(${value}) = 'number' then ${value} end`,
  numberType: 'jsonb', // whose numbers compare like numeric ones, and cannot fail to be cast
})

function scalarTest(test: Exclude<Test, { kind: 'exists' }>, scalar: ScalarSql, bind: Bind): string {
  const { text, number, numberType } = scalar
  const bindNumber = (value: number) => `${bind(JSON.stringify(value))}::${numberType}`
  switch (test.kind) {
    case 'one_of': {
      const isText = text && `${folded(text, test.texts, bind)} in (${test.texts.map(bind)})`
      const isNumber = number && test.numbers.length > 0 && `${number} in (${test.numbers.map(bindNumber)})`
      return [isText, isNumber].filter(Boolean).join(' or ') || 'false'
    }
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return text ? textTests[test.kind](folded(text, [test.text], bind), bind(test.text)) : 'false'
    default:
      return number ? `${number} ${comparisons[test.kind]} ${bindNumber(test.number)}` : 'false'
  }
}

const textTests = {
  contains: (text: string, part: string) => `strpos(${text}, ${part}) > 0`,
  starts_with: (text: string, part: string) => `starts_with(${text}, ${part})`,
  ends_with: (text: string, part: string) => `right(${text}, char_length(${part})) = ${part}`,
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

/** Folds the letters of ASCII, which is all that collation "C" knows, and those that the texts to compare with hold. */
function folded(text: string, others: readonly string[], bind: Bind): string {
  const ascii = `lower(${text} collate "C")`
  const { capitals, small } = casePairs(others)
  return small ? `translate(${ascii}, ${bind(capitals)}, ${bind(small)})` : ascii
}
