import { describe, expect, it } from 'vitest'
import { checkIsComplete, readRuleOptions } from './rule-options.ts'

it.each<[object, object]>([
  [{}, {}],
  [{ event: 'buy' }, { matcher: { field: 'name', op: 'is', value: 'buy' } }],
  [
    { path: '/thanks' },
    {
      matcher: {
        all: [
          { field: 'type', op: 'is', value: 'page' },
          { field: 'url_path', op: 'is', value: '/thanks' },
        ],
      },
    },
  ],
  [
    { path: '/docs/*' },
    {
      matcher: {
        all: [
          { field: 'type', op: 'is', value: 'page' },
          { field: 'url_path', op: 'starts_with', value: '/docs/' },
        ],
      },
    },
  ],
  [{ matcher: '{"all":[]}' }, { matcher: { all: [] } }],
  [
    { 'value-field': 'props.total', 'currency-field': 'props.cur', 'order-field': 'props.id' },
    { value: { field: 'props.total', currency_field: 'props.cur', conversion_id_field: 'props.id' } },
  ],
  [{ 'value-cents': '500', currency: 'EUR' }, { value: { cents: 500, currency: 'EUR' } }],
  [{ 'value-field': 'none' }, { value: null }],
  [
    { 'lookback-days': '7', position: '2' },
    { lookback_days: 7, position: 2 },
  ],
  [{ 'lookback-days': 'x' }, { lookback_days: 'x' }],
  [
    { 'lookback-days': 'website', 'default-model': 'website', models: 'website' },
    { lookback_days: null, default_model: null, models: null },
  ],
  [
    { models: 'first, w_shaped:lead_event=a,deal_event=b,linear' },
    { models: ['first', 'w_shaped:lead_event=a,deal_event=b', 'linear'] },
  ],
])('%j becomes %j', (args, fields) => {
  expect(readRuleOptions({ ...args })).toEqual(fields)
})

describe('is refused', () => {
  it.each<[string, object, string]>([
    ['two ways to match', { event: 'a', path: '/' }, 'Pass one of --event, --path and --matcher'],
    ['a matcher that is no JSON', { matcher: '{field:1}' }, '--matcher is not JSON'],
  ])('%s', (_, args, message) => {
    expect(() => readRuleOptions({ ...args })).toThrow(message)
  })
})

it.each<[object, string]>([
  [{}, 'names no events. Pass --event, --path or --matcher'],
  [{ name: 'x' }, 'names no events'],
  [{ path: '/thanks' }, '--name is missing'],
  [{ matcher: '{"all":[]}' }, '--name is missing'],
])('a new rule of %j is refused', (args, message) => {
  expect(() => checkIsComplete({ ...args })).toThrow(message)
})

it.each([{ event: 'buy' }, { path: '/thanks', name: 'thanks' }])('a new rule of %j is complete', (args) => {
  expect(() => checkIsComplete({ ...args })).not.toThrow()
})
