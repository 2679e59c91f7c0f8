/** States which JSON is a matcher, and what is said of JSON that is none. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkMatcher, matcherLimits } from './check-matcher.ts'
import { compileMatcher, eventFields } from './matcher.ts'

const check = (input: unknown) => checkMatcher(input, eventFields)
const faultOf = (input: unknown) => {
  const checked = check(input)
  return 'fault' in checked ? checked.fault : undefined
}
const is = (value: unknown, field = 'name') => ({ field, op: 'is', value })

test.each([
  { all: [] },
  { any: [is('a'), { not: is(1, 'props.a.b') }] },
  { field: 'props.a', op: 'in', value: ['a', 1, true] },
  { field: 'revenue_cents', op: 'gte', value: -0.5 },
  { field: 'props', op: 'not_exists' },
])('%j is a matcher', (matcher) => {
  expect(check(matcher)).toEqual({ matcher })
})

test('a fault says what was expected, what was found, and what to do', () => {
  expect(faultOf({ all: [is('a'), { not: { field: 'name', op: 'like', value: 'b' } }] })).toEqual({
    path: 'all[1].not.op',
    message:
      'Matcher: `all[1].not.op` must be an operator for a text field, got "like". Use one of is, is_not, in, not_in, contains, starts_with, ends_with, exists, not_exists.',
  })
})

describe('no matcher', () => {
  test.each<[unknown, path: string, part: string]>([
    [null, '', 'it must be a condition or a group, got null'],
    ['name is a', '', 'got "name is a"'],
    [[], '', 'got a list'],
    [{}, '', 'got an object'],
    [{ all: [], any: [] }, '', 'got the keys all,any'],
    [{ ...is('a'), note: 1 }, '', 'got the keys field,note,op,value'],
    [JSON.parse('{"__proto__":[]}'), '', 'got the keys __proto__'],
    [{ all: is('a') }, 'all', 'must be a list, got an object'],
    [{ not: [is('a')] }, 'not', 'got a list'],
    [is('a', 'nmae'), 'field', 'must be a known field, got "nmae". Use one of type, name, url'],
    [is('a', 'name.first'), 'field', 'known field'],
    [is('a', 'toString'), 'field', 'known field'],
    [is('a', 'props.\0'), 'field', 'known field'],
    [is('a', `props.${'a'.repeat(1_000)}`), 'field', 'known field'],
    [{ field: 1, op: 'is', value: 1 }, 'field', 'got 1'],
    [{ field: 'name', op: 'gt', value: 1 }, 'op', 'an operator for a text field'],
    [{ field: 'revenue_cents', op: 'contains', value: '1' }, 'op', 'an operator for a number field'],
    [{ field: 'props.a', op: 'toString' }, 'op', 'an operator for a json field'],
    [{ field: 'name', op: 'is' }, 'value', 'got nothing'],
    [is(null), 'value', 'got null. A text has at most 4096 characters'],
    [is(['a']), 'value', 'got a list'],
    [is({}), 'value', 'got an object'],
    [is(Number.NaN), 'value', 'a number'],
    [is('\0'), 'value', 'U+0000'],
    [is('\ud800'), 'value', 'lone surrogates'],
    [is('x'.repeat(4_097)), 'value', `got "${'x'.repeat(59)}. A text`],
    [{ field: 'name', op: 'in', value: 'a' }, 'value', 'must be a list of values, got "a"'],
    [{ field: 'name', op: 'in', value: [] }, 'value', 'Pass at least one value'],
    [{ field: 'name', op: 'in', value: ['a', null] }, 'value[1]', 'got null'],
    [{ field: 'name', op: 'contains', value: 1 }, 'value', 'must be a text, got 1'],
    [
      { field: 'props.a', op: 'gt', value: '1' },
      'value',
      'must be a number, got "1". Pass it without quotes',
    ],
    [{ field: 'name', op: 'exists', value: true }, 'value', 'must be absent, got true'],
  ])('%j', (input, path, part) => {
    expect(faultOf(input)).toMatchObject({ path, message: expect.stringContaining(part) })
  })
})

describe('a limit', () => {
  const nested = (levels: number): unknown => (levels === 0 ? is('a') : { not: nested(levels - 1) })

  test.each<[name: string, make: (size: number) => unknown, most: number]>([
    ['levels', nested, matcherLimits.depth],
    ['conditions', (size) => ({ all: Array(size - 1).fill(is('a')) }), matcherLimits.nodes],
    ['values', (size) => ({ field: 'name', op: 'in', value: Array(size).fill('a') }), matcherLimits.values],
  ])('of %s is exact', (_, make, most) => {
    expect(faultOf(make(most))).toBeUndefined()
    expect(faultOf(make(most + 1))?.message).toContain(`${most}`)
  })

  test('holds for values of all conditions together', () => {
    const half = { field: 'name', op: 'in', value: Array(matcherLimits.values / 2).fill('a') }
    expect(faultOf({ any: [half, half] })).toBeUndefined()
    expect(faultOf({ any: [half, half, is('a')] })?.path).toBe('any[2].value')
  })

  test('ends the search in JSON of any depth', () => {
    const deep = JSON.parse(`${'{"not":'.repeat(10_000)}1${'}'.repeat(10_000)}`)
    expect(faultOf(deep)?.message).toContain('10 levels')
  })
})

test('whatever passes compiles, and runs on any event', () => {
  const field = fc.constantFrom('name', 'revenue_cents', 'props', 'props.a', 'x')
  const op = fc.constantFrom('is', 'is_not', 'in', 'contains', 'gt', 'exists', 'valueOf')
  const node = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.record({ field, op, value: fc.jsonValue() }, { requiredKeys: ['field', 'op'] }),
      fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
      fc.record({ not: tie('node') }),
      fc.jsonValue(),
    ),
  })).node
  fc.assert(
    fc.property(node, fc.dictionary(fc.string(), fc.jsonValue()), (input, props) => {
      const checked = check(input)
      if ('fault' in checked) return
      const holds = compileMatcher(checked.matcher, eventFields)
      expect(typeof holds({ type: 'track', name: 'a', props: props as Record<string, never> })).toBe(
        'boolean',
      )
    }),
    { numRuns: 1_000 },
  )
})
