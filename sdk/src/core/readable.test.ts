/** States how values look in messages. */
import { expect, test } from 'vitest'
import { readable } from './readable.ts'

test.each([
  ['collect', `'collect'`],
  ['null', `'null'`],
  ['', `''`],
  [null, 'null'],
  [undefined, 'undefined'],
  [0, '0'],
  [new TypeError('no'), 'TypeError: no'],
  [Symbol('s'), 'symbol'],
  [Object.create(null), 'object'],
])('%o reads %s', (value, expected) => {
  expect(readable(value)).toBe(expected)
})
