/** The matcher language: a question about an event, as JSON. Conversion rules, filters and funnels ask with it. */
import { type Condition, readCondition, type Test } from './condition.ts'
import { eventFields, type Field, getField, type MatchedEvent } from './fields.ts'
import { foldCase } from './fold-case.ts'

export type { Condition, Op, Scalar } from './condition.ts'
export { eventFields, type Field, fieldName, findField, getField, type MatchedEvent } from './fields.ts'

/**
 * A condition, or conditions combined: an empty `all` always holds, an empty `any` never does. For example, purchases of
 * at least 50 on a German page:
 *
 *     { "all": [
 *       { "field": "name", "op": "is", "value": "purchase" },
 *       { "field": "props.cart.total", "op": "gte", "value": 50 },
 *       { "field": "url_path", "op": "starts_with", "value": "/de/" } ] }
 *
 * - **Text** compares without case, as `foldCase` says. A boolean is the text `true` or `false`.
 * - **Numbers** compare by value, and a number in JSON equals the text that spells it: `42` is `"42"` and `"42.0"`. `gt`,
 *   `gte`, `lt` and `lte` hold for numbers only, the text operators for text only.
 * - **A list** satisfies a condition when one of its items does. Lists and objects inside lists satisfy none.
 * - **A missing value** (absent, or null) satisfies `is_not`, `not_in` and `not_exists`, and nothing else. An empty text,
 *   list or object exists.
 * - **`is_not`, `not_in`, `not_exists` and `not`** hold exactly where their opposites do not.
 */
export type Matcher = { all: Matcher[] } | { any: Matcher[] } | { not: Matcher } | Condition

/** Whether the matcher, which `checkMatcher` has passed, holds for an event. For many events, compile it once. */
export function matches(matcher: Matcher, event: MatchedEvent): boolean {
  return compileMatcher(matcher, eventFields)(event)
}

/** Compiles a matcher, which `checkMatcher` has passed with the same fields. Throws a TypeError for an unknown field. */
export function compileMatcher<Row>(
  matcher: Matcher,
  fields: Record<string, Field<Row>>,
): (row: Row) => boolean {
  const compile = (part: Matcher) => compileMatcher(part, fields)
  if ('all' in matcher) {
    const parts = matcher.all.map(compile)
    return (row) => parts.every((holds) => holds(row))
  }
  if ('any' in matcher) {
    const parts = matcher.any.map(compile)
    return (row) => parts.some((holds) => holds(row))
  }
  if ('not' in matcher) {
    const holds = compile(matcher.not)
    return (row) => !holds(row)
  }
  return compileCondition(matcher, fields)
}

function compileCondition<Row>(condition: Condition, fields: Record<string, Field<Row>>) {
  const { column, keys } = getField(fields, condition.field)
  const { test, isNegated } = readCondition(condition)
  const holds = compileTest(test)
  return (row: Row) => holds(valueAt(column.read(row), keys)) !== isNegated
}

/** The value below these keys of objects; null: there is none. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : null),
    value,
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Holds = (value: unknown) => boolean

function compileTest(test: Test): Holds {
  if (test.kind === 'exists') return (value) => value !== null && value !== undefined
  const holds = compileScalarTest(test)
  return (value) => (Array.isArray(value) ? value.some(holds) : holds(value))
}

function compileScalarTest(test: Exclude<Test, { kind: 'exists' }>): Holds {
  switch (test.kind) {
    case 'one_of': {
      const texts = new Set(test.texts)
      const numbers = new Set(test.numbers)
      const hasText = ofText((text) => texts.has(text))
      return (value) => (typeof value === 'number' ? numbers.has(value) : hasText(value))
    }
    case 'contains':
      return ofText((text) => text.includes(test.text))
    case 'starts_with':
      return ofText((text) => text.startsWith(test.text))
    case 'ends_with':
      return ofText((text) => text.endsWith(test.text))
    default: {
      const compare = comparisons[test.kind]
      return (value) => typeof value === 'number' && compare(value, test.number)
    }
  }
}

const comparisons = {
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b,
  lt: (a: number, b: number) => a < b,
  lte: (a: number, b: number) => a <= b,
}

const ofText =
  (holds: (folded: string) => boolean): Holds =>
  (value) =>
    (typeof value === 'string' || typeof value === 'boolean') && holds(foldCase(String(value)))
