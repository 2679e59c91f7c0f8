import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSameJson } from './same-json.ts'

it.each([
  [null, {}],
  [[], {}],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: '1' }],
  [{ a: 1 }, { a: 1, b: null }],
  [{ a: { b: [1] } }, { a: { b: [2] } }],
  [[1, 2], [1]],
])('%j and %j are not the same', (a, b) => {
  expect(isSameJson(a, b)).toBe(false)
  expect(isSameJson(b, a)).toBe(false)
})

it('two values are the same if and only if their texts are', () => {
  const pair = fc.oneof(
    fc.tuple(fc.jsonValue(), fc.jsonValue()),
    fc.jsonValue().map((value) => [value, structuredClone(value)]),
  )
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(isSameJson(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})
