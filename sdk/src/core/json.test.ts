/** States how values are written as JSON, also those that JSON cannot hold, and on pages that have changed prototypes. */
import { afterEach, describe, expect, test } from 'vitest'
import { isoTime, plainCopy, toJson } from './json.ts'

/** The JSON of what was copied, and the places where something was left out. */
function write(root: object, room?: number) {
  const leftOut: string[] = []
  const copy = plainCopy(root, (path) => leftOut.push(path), room)
  return { json: JSON.parse(JSON.stringify(copy)), leftOut }
}

const circle: Record<string, unknown> = { name: 'a circle' }
circle.self = circle
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()
const thrower = {
  get it(): never {
    throw new Error('a bug of the page')
  },
}
const nest = (levels: number): object => (levels > 1 ? { in: nest(levels - 1) } : {})

describe('the result is that of JSON.stringify for', () => {
  test.each<[string, object]>([
    ['texts, numbers, truth values and null', { a: 'x"\n\u2028\ud800', b: -0.5, c: true, d: null }],
    ['undefined values', { a: undefined, b: [undefined, 1] }],
    ['NaN and Infinity', { a: Number.NaN, b: [Infinity] }],
    ['lists with holes, and empty ones', { a: Object.assign([], { 0: 1, 2: 2 }), b: [] }],
    ['keys of every kind', { '': 1, 'a"b': 2, __proto__x: 3, 7: 4 }],
    ['dates', { at: new Date(0) }],
    [
      'objects with a toJSON of their own',
      { price: { toJSON: () => ({ cents: 1 }) }, url: new URL('https://a.example/') },
    ],
    [
      'classes',
      {
        a: new (class {
          b = 1
        })(),
      },
    ],
    ['objects without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('%s', (_, value) => {
    expect(toJson(value)).toBe(JSON.stringify(value))
  })

  test('an object that occurs twice', () => {
    const address = { city: 'Rome' }
    expect(write({ from: address, to: address })).toEqual({
      json: { from: address, to: address },
      leftOut: [],
    })
  })
})

describe('left out, and nothing else, is', () => {
  test.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a revoked proxy', revoked],
    ['an invalid date', new Date(Number.NaN)],
    ['a toJSON that throws', { toJSON: () => thrower.it }],
  ])('%s', (_, bad) => {
    expect(write({ bad, good: 1 })).toEqual({ json: { good: 1 }, leftOut: ['bad'] })
    expect(write({ list: [bad, 1] })).toEqual({ json: { list: [null, 1] }, leftOut: ['list.0'] })
  })

  test('a property that throws when it is read', () => {
    expect(write({ order: thrower })).toEqual({ json: { order: {} }, leftOut: ['order.it'] })
  })

  test('the place where an object contains itself', () => {
    expect(write({ circle })).toEqual({ json: { circle: { name: 'a circle' } }, leftOut: ['circle.self'] })
  })

  test('what is nested deeper than the collector allows', () => {
    expect(write({ props: nest(10) }).leftOut).toEqual([])
    expect(write({ props: nest(11) }).leftOut).toEqual([`props${'.in'.repeat(10)}`])
  })

  test('an object nested so deep that it would overflow the stack', () => {
    expect(write({ props: nest(5_000) }).leftOut).toHaveLength(1)
  })

  test('everything from the first value that does not fit', () => {
    const { json, leftOut } = write({ a: 'x'.repeat(10), b: 'y'.repeat(100), c: 1 }, 50)
    expect(json).toEqual({ a: 'x'.repeat(10) })
    expect(leftOut).toEqual(['b'])
  })

  test('most of an endless object graph, at once', () => {
    const node = (): object => ({
      get next() {
        return node()
      },
      get child() {
        return node()
      },
      name: 'n',
    })
    for (const endless of [{ node: node() }, { list: new Array(1e9) }])
      expect(JSON.stringify(write(endless, 32_768).json).length).toBeLessThan(100_000)
  })

  test('a BigInt is written as the text of its digits', () => {
    expect(write({ id: 9_007_199_254_740_993n })).toEqual({ json: { id: '9007199254740993' }, leftOut: [] })
  })
})

describe('where a library has changed the prototypes', () => {
  // Prototype.js up to 1.6.1 has all of these.
  const quoted = function (this: unknown) {
    return `"${String(this)}"`
  }
  const prototypes = [
    Object.prototype,
    Array.prototype,
    String.prototype,
    Number.prototype,
    Boolean.prototype,
    Date.prototype,
  ]
  const dateToJson = Date.prototype.toJSON

  function patch() {
    for (const prototype of prototypes)
      Object.defineProperty(prototype, 'toJSON', { value: quoted, configurable: true, writable: true })
  }
  afterEach(() => {
    for (const prototype of prototypes) delete (prototype as Partial<Date>).toJSON
    Date.prototype.toJSON = dateToJson
  })

  test('lists stay lists, dates stay dates, and everything else is unchanged', () => {
    const value = { list: [1, 'a', { b: [] }], text: 't', number: 1, yes: true, at: new Date(0), none: null }
    const expected = JSON.stringify(value)
    patch()
    const written = toJson(value)
    expect(written).toBe(expected)
  })

  test('a date is written without the quotes that Datejs adds', () => {
    const { toISOString } = Date.prototype
    Date.prototype.toISOString = () => '"1970-01-01T00:00:00Z"'
    const written = [isoTime(new Date(0)), toJson({ at: new Date(0) })]
    Date.prototype.toISOString = toISOString
    expect(written).toEqual(['1970-01-01T00:00:00Z', '{"at":"1970-01-01T00:00:00Z"}'])
  })

  test('an invalid date of Moment, which has no ISO time, is left out', () => {
    expect(toJson({ at: { toISOString: () => null } })).toBe('{}')
  })

  test('an object’s own toJSON still works', () => {
    patch()
    const written = toJson({ price: { toJSON: () => ({ cents: [1] }) } })
    expect(written).toBe('{"price":{"cents":[1]}}')
  })
})
