/** States which events a matcher holds for. */
import { describe, expect, test } from 'vitest'
import { type Condition, compileMatcher, eventFields, fieldName, type Matcher, matches } from './matcher.ts'

const event = {
  type: 'track',
  name: 'Purchase',
  url: 'https://Shop.example:8080/de/cart?step=2',
  title: '',
  revenue_cents: 4990,
  currency: null,
  props: {
    plan: 'Größe L',
    total: 49.9,
    zero: 0,
    isGift: true,
    zip: '01234',
    nothing: null,
    empty: {},
    none: [],
    tags: ['Sale', 7, false, null, ['deep'], { name: 'object' }],
    cart: { 'price.eur': 5, items: 3, 'a\\b': 1, '': 'blank' },
  },
}

type Row = [field: string, op: string, value: unknown, holds: boolean]

function condition(field: string, op: string, value: unknown): Condition {
  return { field, op, ...(value !== undefined && { value }) } as Condition // the tables below hold valid ones
}

const check = (field: string, op: string, value: unknown, holds: boolean) =>
  expect(matches(condition(field, op, value), event)).toBe(holds)

describe('text', () => {
  test.each<Row>([
    ['name', 'is', 'purchase', true],
    ['name', 'is', 'purchases', false],
    ['name', 'is', 'Purchase ', false],
    ['props.plan', 'is', 'GRÖSSE l', false],
    ['props.plan', 'is', 'GRÖßE l', true],
    ['props.plan', 'contains', 'ÖßE', true],
    ['props.plan', 'contains', '%', false],
    ['props.plan', 'starts_with', 'grö', true],
    ['props.plan', 'starts_with', 'rö', false],
    ['props.plan', 'ends_with', 'E L', true],
    ['props.plan', 'ends_with', '', true],
    ['props.plan', 'in', ['s', 'größe l'], true],
    ['props.plan', 'not_in', ['s', 'größe l'], false],
    ['props.isGift', 'is', true, true],
    ['props.isGift', 'is', 'TRUE', true],
    ['props.isGift', 'is', false, false],
    ['title', 'is', '', true],
    ['title', 'exists', undefined, true],
  ])('%s %s %j: %j', check)
})

describe('numbers', () => {
  test.each<Row>([
    ['revenue_cents', 'is', 4990, true],
    ['revenue_cents', 'is', '4990', true],
    ['revenue_cents', 'gt', 4990, false],
    ['revenue_cents', 'gte', 4990, true],
    ['revenue_cents', 'lt', 4990.5, true],
    ['revenue_cents', 'lte', 4989, false],
    ['props.total', 'is', '49.90', true],
    ['props.total', 'is', '4.99e1', true],
    ['props.total', 'is', ' 49.9', false],
    ['props.total', 'in', [1, 49.9], true],
    ['props.total', 'contains', '49', false],
    ['props.zero', 'is', -0, true],
    ['props.zero', 'is', '', false],
    ['props.zero', 'lt', 1, true],
  ])('%s %s %j: %j', check)

  test.each<Row>([
    ['props.zip', 'is', '01234', true],
    ['props.zip', 'is', 1234, false],
    ['props.zip', 'gt', 0, false],
    ['props.zip', 'lt', 0, false],
  ])('a text that looks like a number is a text: %s %s %j: %j', check)
})

describe('a list', () => {
  test.each<Row>([
    ['props.tags', 'is', 'sale', true],
    ['props.tags', 'is_not', 'sale', false],
    ['props.tags', 'is', '7', true],
    ['props.tags', 'gt', 6, true],
    ['props.tags', 'is', false, true],
    ['props.tags', 'contains', 'al', true],
    ['props.tags', 'is', 'deep', false],
    ['props.tags.0', 'exists', undefined, false],
    ['props.tags.name', 'exists', undefined, false],
    ['props.none', 'exists', undefined, true],
    ['props.none', 'is', '', false],
    ['props.none', 'is_not', '', true],
  ])('%s %s %j: %j', check)
})

describe('a path', () => {
  test.each<Row>([
    ['props.cart.items', 'is', 3, true],
    ['props.cart.price\\.eur', 'is', 5, true],
    ['props.cart.price.eur', 'exists', undefined, false],
    ['props.cart.a\\\\b', 'is', 1, true],
    ['props.cart.a\\b', 'is', 1, true],
    ['props.cart.', 'is', 'blank', true],
    ['props.cart', 'is', '[object Object]', false],
    ['props.empty', 'exists', undefined, true],
    ['props.constructor', 'exists', undefined, false],
    ['props.__proto__.toString', 'exists', undefined, false],
    ['props.plan.length', 'exists', undefined, false],
    ['props', 'exists', undefined, true],
  ])('%s %s %j: %j', check)

  test('is written so that any key can stand in it', () => {
    const keys = ['a.b', 'c\\', '', '\\.', '__proto__']
    const props = JSON.parse('{"a.b":{"c\\\\":{"":{"\\\\.":{"__proto__":"found"}}}}}')
    const found = { field: fieldName('props', ...keys), op: 'is', value: 'found' } as const
    expect(matches(found, { ...event, props })).toBe(true)
  })
})

describe('an address', () => {
  test.each([
    ['https://Shop.example:8080/de/cart?step=2', 'shop.example:8080', '/de/cart'],
    ['https://shop.example', 'shop.example', '/'],
    ['https://shop.example?to=/de', 'shop.example', '/'],
    ['https://shop.example/?to=/de', 'shop.example', '/'],
    ['myapp://cart/1', 'cart', '/1'],
  ])('%s has the host %s and the path %s', (url, host, path) => {
    const both: Matcher = {
      all: [
        { field: 'url_host', op: 'is', value: host },
        { field: 'url_path', op: 'is', value: path },
      ],
    }
    expect(matches(both, { ...event, url })).toBe(true)
  })

  test('that is missing has neither', () => {
    expect(matches({ field: 'url_host', op: 'exists' }, { ...event, url: null })).toBe(false)
    expect(matches({ field: 'url_path', op: 'exists' }, { ...event, url: undefined })).toBe(false)
  })

  test('without a host has a path all the same', () => {
    expect(matches({ field: 'url_host', op: 'exists' }, { ...event, url: 'about:blank' })).toBe(false)
    expect(matches({ field: 'url_path', op: 'is', value: '/' }, { ...event, url: 'about:blank' })).toBe(true)
  })
})

describe('a missing value', () => {
  const missing = ['currency', 'props.nothing', 'props.unknown', 'props.cart.unknown.deeper', 'props.plan.x']

  test.each(missing)('satisfies only the negations: %s', (field) => {
    const holding = [
      condition(field, 'is', ''),
      condition(field, 'is_not', 'a'),
      condition(field, 'in', ['', 'null', 0, false]),
      condition(field, 'not_in', ['a']),
      condition(field, 'contains', ''),
      condition(field, 'starts_with', ''),
      condition(field, 'ends_with', ''),
      condition(field, 'gte', 0),
      condition(field, 'lt', 1),
      condition(field, 'exists', undefined),
      condition(field, 'not_exists', undefined),
    ].filter((it) => matches(it, event))
    expect(holding.map(({ op }) => op)).toEqual(['is_not', 'not_in', 'not_exists'])
  })

  test('is what every property of an event without props is', () => {
    expect(matches(condition('props.plan', 'not_exists', undefined), { ...event, props: null })).toBe(true)
  })
})

describe('combined', () => {
  const yes = condition('name', 'is', 'purchase')
  const no = condition('name', 'is', 'refund')
  test.each<[Matcher, boolean]>([
    [{ all: [] }, true],
    [{ any: [] }, false],
    [{ all: [yes, yes] }, true],
    [{ all: [yes, no] }, false],
    [{ any: [no, yes] }, true],
    [{ any: [no, no] }, false],
    [{ not: no }, true],
    [{ not: { any: [no, { all: [yes] }] } }, false],
  ])('%j: %j', (matcher, holds) => {
    expect(matches(matcher, event)).toBe(holds)
  })
})

test('a matcher over other fields asks those', () => {
  const fields = { channel: { type: 'text', read: (touch: string) => touch, sql: 't.channel' } } as const
  expect(compileMatcher(condition('channel', 'is', 'email'), fields)('Email')).toBe(true)
})

test.each(['unknown', 'name.first', 'constructor', ''])('the field %j is none', (field) => {
  expect(() => compileMatcher(condition(field, 'exists', undefined), eventFields)).toThrow(
    `there is no field '${field}'`,
  )
})
