import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { Json } from '@headwater/contract'
import { describe, expect, it } from 'vitest'
import { findValueProblems, readConversionId, readValue, valueSchema } from './value.ts'

const event = (props: { [key: string]: Json }, fields: Partial<MatchedEvent> = {}): MatchedEvent => ({
  type: 'track',
  name: 'purchase',
  props,
  ...fields,
})
const value = (source: object | null, props: { [key: string]: Json }, fields?: Partial<MatchedEvent>) => {
  const { valueCents, currency } = readValue(source && valueSchema.parse(source), event(props, fields))
  return valueCents === null ? null : `${valueCents} ${currency}`
}

describe('a value', () => {
  it.each<[string, Json, string, string | null]>([
    ['of whole units', 49, 'EUR', '4900 EUR'],
    ['with decimals', 49.99, 'EUR', '4999 EUR'],
    ['that no double holds exactly', 1.005, 'EUR', '101 EUR'],
    ['below a minor unit', 0.001, 'EUR', '0 EUR'],
    ['of zero', 0, 'EUR', '0 EUR'],
    ['below zero: a refund', -1.005, 'EUR', '-101 EUR'],
    ['in a currency without minor unit', 500, 'JPY', '500 JPY'],
    ['in a currency with three digits', 1.234, 'KWD', '1234 KWD'],
    ['as text', ' 49.90 ', 'EUR', '4990 EUR'],
    ['with an exponent', 1e3, 'EUR', '100000 EUR'],
    ['so small that its text has an exponent', 1e-7, 'EUR', '0 EUR'],
    ['in the wrong format', '1.234,56', 'EUR', null],
    ['of text', 'free', 'EUR', null],
    ['that is too large', 1e300, 'EUR', null],
    ['that is a list', [1], 'EUR', null],
    ['that is an object', { amount: 1 }, 'EUR', null],
    ['that is true', true, 'EUR', null],
    ['that is null', null, 'EUR', null],
  ])('%s is read from a field', (_, total, currency, expected) => {
    expect(value({ field: 'props.total', currency }, { total })).toBe(expected)
  })

  it('in minor units is taken as it is', () => {
    expect(value({ field: 'props.total', unit: 'minor', currency: 'EUR' }, { total: 4999 })).toBe('4999 EUR')
  })

  it.each<[Json, string | null]>([
    ['EUR', '100 EUR'],
    [' jpy ', '1 JPY'],
    ['XXX', null],
    ['euro', null],
    [7, null],
    [null, null],
  ])('with the currency %j of a field', (cur, expected) => {
    expect(value({ field: 'props.total', currency_field: 'props.cur' }, { total: 1, cur })).toBe(expected)
  })

  it('may be that of an order inside the properties', () => {
    const source = { field: 'props.order.total', currency_field: 'props.order.currency' }
    expect(value(source, { order: { total: 2, currency: 'EUR' } })).toBe('200 EUR')
  })

  it('of a name that every object has is none', () => {
    expect(value({ field: 'props.constructor.length', currency: 'EUR' }, {})).toBeNull()
    expect(value({ field: 'props.__proto__.total', currency: 'EUR' }, {})).toBeNull()
  })

  it('may be fixed, or the event’s own revenue', () => {
    const own = { revenue_cents: 5, currency: 'EUR' }
    expect(value({ cents: 700, currency: 'usd' }, {}, own)).toBe('700 USD')
    expect(value(null, {}, own)).toBe('5 EUR')
    expect(value({ conversion_id_field: 'props.order' }, {}, own)).toBe('5 EUR')
    expect(value(null, {})).toBeNull()
  })

  it.each<[string, unknown]>([
    ['nothing known', { total: 1 }],
    ['no currency', { field: 'props.total' }],
    ['two currencies', { field: 'props.total', currency: 'EUR', currency_field: 'props.cur' }],
    ['an unknown currency', { cents: 5, currency: 'EURO' }],
    ['a fraction of a cent', { cents: 0.5, currency: 'EUR' }],
    ['a field that is none', { field: 'total', currency: 'EUR' }],
    ['a field of text', { field: 'url', currency: 'EUR' }],
    ['a key of every object as field', { field: '__proto__', currency: 'EUR' }],
    ['a field of endless length', { field: `props.${'a'.repeat(5_000)}`, currency: 'EUR' }],
    ['a list', []],
    ['a number', 5],
  ])('with %s is refused', (_, source) => {
    expect(valueSchema.safeParse(source).success).toBe(false)
    expect(findValueProblems(source)).not.toEqual([])
  })

  it.each<[unknown, string, string]>([
    [{ field: 'props.total' }, 'currency', 'must be a code of ISO 4217'],
    [{ currency: 'EUR' }, 'field', 'must be a number field'],
    [{ cents: 0.5, currency: 'EUR' }, 'cents', 'must be a whole number'],
    [{ field: 'props.total', currency_field: 7 }, 'currency_field', 'must be a text field'],
    [{ cents: 5, currency: 'EUR', field: 'props.total' }, 'field', 'is not known here'],
    [{ total: 1 }, 'total', 'is not known here'],
    [[], '', 'must be an object'],
  ])('%j is refused for its %s', (source, key, message) => {
    expect(findValueProblems(source)).toMatchObject([{ key, message: expect.stringContaining(message) }])
  })
})

describe('an order number', () => {
  const orderOf = (order: Json) => readConversionId({ conversion_id_field: 'props.order' }, event({ order }))

  it.each<[Json, string | null]>([
    [' A-1 ', 'A-1'],
    [1001, '1001'],
    [1e300, null],
    ['', null],
    ['undefined', null],
    ['{{order_id}}', null],
    ['x'.repeat(129), null],
    [['A-1'], null],
    [null, null],
  ])('%j', (order, expected) => {
    expect(orderOf(order)).toBe(expected)
  })

  it('is none where the rule names no field', () => {
    expect(readConversionId(null, event({ order: 'A' }))).toBeNull()
  })
})
