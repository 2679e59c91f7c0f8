import { expect, it } from 'vitest'
import { checkRuleSize, ruleSizeLimits, sizeOf } from './rule-size.ts'

const is = (value: string) => ({ field: 'name', op: 'is' as const, value })

it('counts conditions, groups and values, however deep', () => {
  expect(sizeOf([])).toEqual({ nodes: 0, values: 0 })
  expect(
    sizeOf([
      is('a'),
      { all: [is('b'), { not: { any: [is('c'), { field: 'name', op: 'in', value: ['d', 'e', 'f'] }] } }] },
    ]),
  ).toEqual({ nodes: 7, values: 6 })
})

it('as many as allowed pass, and one more is refused with what was found', () => {
  const rules = Array.from({ length: ruleSizeLimits.nodes }, () => ({ matcher: is('a') }))
  expect(() => checkRuleSize(rules)).not.toThrow()
  expect(() => checkRuleSize([...rules, { matcher: is('a') }])).toThrow('2001 conditions and groups')
})
