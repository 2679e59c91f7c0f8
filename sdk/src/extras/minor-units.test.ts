/** States how money becomes minor units. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minorUnits } from './minor-units.ts'

test.each([
  [19.99, 'EUR', 1999],
  ['19.99', 'EUR', 1999],
  [1.005, 'EUR', 101],
  [-1.005, 'EUR', -101],
  [0.285, 'EUR', 29],
  [1.115, 'EUR', 112],
  [0, 'EUR', 0],
  [-0.001, 'EUR', 0],
  ['1299.', 'EUR', 129900],
  [' .5 ', 'EUR', 50],
  [1e-7, 'EUR', 0],
  ['1.2e3', 'EUR', 120000],
  [500, 'JPY', 500],
  [499.5, 'JPY', 500],
  [1.2345, 'KWD', 1235],
  [1, 'CLF', 10000],
])('%j %s is %d', (amount, currency, expected) => {
  expect(minorUnits(amount, currency)).toBe(expected)
})

test.each([
  ['HUF', 100],
  ['IDR', 100],
  ['COP', 100],
  ['IQD', 1000],
])('%s has the decimals of ISO 4217, whatever the browser’s Intl says', (currency, expected) => {
  expect(minorUnits(1, currency)).toBe(expected)
})

describe('an amount is invalid', () => {
  test.each([
    [undefined, 'EUR'],
    ['', 'EUR'],
    ['1,299.00', 'EUR'],
    ['€ 5', 'EUR'],
    ['0x10', 'EUR'],
    [Number.NaN, 'EUR'],
    [Infinity, 'EUR'],
    [1e300, 'EUR'],
    [{}, 'EUR'],
    [1, ''],
    [1, 'eur'],
    [1, 'EURO'],
  ])('for %j in %j', (amount, currency) => {
    expect(minorUnits(amount, currency)).toBeUndefined()
  })
})

test('an amount with two decimals is never off by a cent', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
      expect(minorUnits(cents / 100, 'EUR')).toBe(cents)
    }),
  )
})
