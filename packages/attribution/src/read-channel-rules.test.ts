/** States which channel rules are accepted, and what is said about the others. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { channelRuleLimits, readChannelRules } from './read-channel-rules.ts'

const condition = { field: 'source', op: 'is', value: 'partner.example' }
const rule = { channel: 'Partners', conditions: [condition] }

function problemsOf(input: unknown): readonly string[] {
  const result = readChannelRules(input)
  return result.ok ? [] : result.problems
}

const withCondition = (changes: object) => [{ ...rule, conditions: [{ ...condition, ...changes }] }]

test('valid rules come back, with the name of the channel trimmed', () => {
  const several = {
    channel: ' Mail ',
    conditions: [{ field: 'medium', op: 'in', values: ['email', 'mail'] }],
  }
  expect(readChannelRules([rule, several])).toEqual({
    ok: true,
    rules: [rule, { ...several, channel: 'Mail' }],
  })
})

test('no rules are valid rules', () => {
  expect(readChannelRules([])).toEqual({ ok: true, rules: [] })
})

describe('a fault is reported with its place, what was found and what to do', () => {
  test.each<[input: unknown, message: string]>([
    [
      'a',
      'Channel rules must be a list of at most 100 rules, got "a". Pass, for example, [{"channel": "Partners", "conditions": [{"field": "source", "op": "is", "value": "partner.example"}]}].',
    ],
    [
      [rule, { ...rule, channel: ' ' }],
      'Channel rule 2: `channel` must be a text of 1 to 64 characters, got " ". Pass the name of the channel, for example "Partners".',
    ],
    [
      withCondition({ field: 'sauce' }),
      'Channel rule 1, condition 1: `field` must be one of source, medium, campaign, term, content, click_id_type, referrer_domain, touch_type, got "sauce". Choose one of them; where a regular expression would be needed, pass several rules.',
    ],
    [
      withCondition({ op: 'matches', value: '(a+)+$' }),
      'Channel rule 1, condition 1: `op` must be one of is, contains, starts_with, ends_with, in, got "matches". Choose one of them; where a regular expression would be needed, pass several rules.',
    ],
    [
      withCondition({ value: undefined }),
      'Channel rule 1, condition 1: `value` must be a text of 1 to 256 characters, got nothing. Pass the text to compare with; for several, "op": "in" with `values`.',
    ],
    [
      withCondition({ not: true }),
      'Channel rule 1, condition 1 must be an object of `field`, `op` and `value`, got an object of field,op,value,not. Pass, for example, {"field": "source", "op": "is", "value": "partner.example"}.',
    ],
  ])('%j', (input, message) => {
    expect(problemsOf(input)).toEqual([message])
  })
})

test.each<[fault: string, input: unknown]>([
  ['a rule without conditions, which would claim every touch', [{ channel: 'All', conditions: [] }]],
  ['a rule that is no object', [null]],
  ['too many rules', Array(channelRuleLimits.rules + 1).fill(rule)],
  ['too many conditions', [{ ...rule, conditions: Array(11).fill(condition) }]],
  ['too long a value', withCondition({ value: 'a'.repeat(channelRuleLimits.valueCharacters + 1) })],
  ['a number as value', withCondition({ value: 1 })],
  ['a list without values', [{ ...rule, conditions: [{ field: 'source', op: 'in', values: [] }] }]],
  ['a list of numbers', [{ ...rule, conditions: [{ field: 'source', op: 'in', values: [1] }] }]],
  ['the name of a method as field', withCondition({ field: 'toString' })],
])('%s is refused', (_, input) => {
  expect(problemsOf(input)).toHaveLength(1)
})

test('all faults are reported at once', () => {
  expect(problemsOf([{ channel: '', conditions: [{ field: 'a', op: 'b', value: '' }] }, 7])).toHaveLength(5)
})

test('no input makes it throw', () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true }), (input) => void readChannelRules([input])))
})
