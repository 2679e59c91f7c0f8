import { describe, expect, it } from 'vitest'
import type { Rule } from '../rules/rules.ts'
import type { RuleMatch } from '../rules/test-rule.ts'
import { ruleListText, ruleTestText, ruleText } from './rule-text.ts'

const rule: Rule = {
  id: '7',
  name: 'order',
  position: 1,
  matcher: {
    all: [
      { field: 'name', op: 'is', value: 'purchase' },
      {
        any: [
          { field: 'props.total', op: 'gte', value: 50 },
          { field: 'props.vip', op: 'exists' },
        ],
      },
      { not: { field: 'url_path', op: 'starts_with', value: '/internal/' } },
    ],
  },
  value: { field: 'props.total', unit: 'major', currency: 'EUR', conversion_id_field: 'props.order' },
  counting: 'every',
  lookback_days: 7,
  default_model: 'first',
  models: ['first', 'linear'],
  status: 'active',
  created_at: new Date(0),
  updated_at: new Date(0),
}

it('a rule is described in words, line by line', () => {
  expect(ruleText(rule)).toBe(`1. order (id 7, active)
   matches    name is "purchase" and (props.total gte 50 or props.vip exists) and not (url_path starts with "/internal/")
   value      props.total in EUR, order number in props.order
   counts     every conversion
   look-back  7 days
   models     first, linear
   default    first`)
})

it('what a rule takes from its website is left out', () => {
  const plain = { ...rule, value: null, lookback_days: null, default_model: null, models: null }
  expect(
    ruleText({ ...plain, matcher: { all: [] }, counting: 'once_per_customer', status: 'paused' }),
  ).toBe(`1. order (id 7, paused)
   matches    every event
   value      the revenue of the event
   counts     one of each customer`)
})

it.each([
  [{ cents: 500, currency: 'EUR' }, '5.00 EUR'],
  [
    { field: 'props.n', unit: 'minor', currency_field: 'props.cur' },
    'props.n (minor units) in the currency in props.cur',
  ],
  [{ conversion_id_field: 'props.id' }, 'the revenue of the event, order number in props.id'],
])('the value %j reads %s', (value, text) => {
  expect(ruleText({ ...rule, value })).toContain(`value      ${text}\n`)
})

it('a website without rules is shown how to add one', () => {
  expect(ruleListText([], '2')).toContain('headwater rule create --website 2')
})

describe('a test of a rule', () => {
  const match: RuleMatch = {
    event_id: '1',
    occurred_at: '2026-11-20T12:00:00.000Z',
    customer_id: '1',
    type: 'track',
    name: 'buy',
    url: null,
    conversion: { name: 'order', value_cents: 4_999, currency: 'EUR', conversion_id: null },
    now: 'same_rule',
  }
  const result = {
    events_looked_at: 3,
    looked_back_to: '2026-11-20T11:00:00.000Z',
    is_complete: true,
    time_zone: 'Europe/Berlin',
  }

  it('shows times in the time zone of the website, and names it', () => {
    expect(
      ruleTestText({ ...result, matches: [match] }),
    ).toBe(`2026-11-20 13:00:00  buy  49.99 EUR  conversion by this rule

1 shown among the latest 3 events, back to 2026-11-20 12:00:00. Times are in Europe/Berlin.`)
  })

  it('shows no value of an event that declines to be a conversion', () => {
    expect(ruleTestText({ ...result, matches: [{ ...match, conversion: null, now: 'declined' }] })).toContain(
      '13:00:00  buy  no conversion: its flag says so, and wins over rules\n',
    )
  })
})
