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
  ['hw_sec_abcd1234_0123456789abcdefghjkmnpqrs', `'hw_sec_abcd1234_…'`],
  ['hw_pub_abcd1234_', `'hw_pub_abcd1234_'`],
])('%o reads %s', (value, expected) => {
  expect(readable(value)).toBe(expected)
})
