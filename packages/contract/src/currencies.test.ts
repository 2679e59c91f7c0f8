/** States which currencies there are, and how their amounts are written. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, minorUnitDigits } from './currencies.ts'

describe('the currencies of ISO 4217', () => {
  it.each([
    ['EUR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['XOF', 0],
    ['HUF', 2],
    ['COP', 2],
    ['IDR', 2],
    ['KWD', 3],
    ['IQD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['XCG', 2], // since 2025
    ['ZWG', 2], // since 2024
    ['BGN', 2], // until 2025; its refunds come later
  ])('%s has %i digits after the point', (code, digits) => {
    expect(minorUnitDigits.get(code)).toBe(digits)
  })

  it.each(['XXX', 'XTS', 'XAU', 'XDR', 'ZZZ', 'EURO', 'eur', 'DEM', ''])('%j is not in the list', (code) => {
    expect(minorUnitDigits.has(code)).toBe(false)
  })

  it('every code has three capitals', () => {
    expect([...minorUnitDigits.keys()].filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([])
    expect(minorUnitDigits.size).toBeGreaterThan(160)
  })
})

describe('formatMoney', () => {
  it.each<[number | bigint | string, string, string]>([
    [500_000, 'HUF', '5,000.00'],
    [5000, 'IQD', '5.000'],
    [5000, 'JPY', '5,000'],
    [4999, 'EUR', '49.99'],
    [5, 'EUR', '0.05'],
    [0, 'EUR', '0.00'],
    [0, 'JPY', '0'],
    [-5, 'EUR', '-0.05'],
    [-123_456_789, 'KWD', '-123,456.789'],
    [12_345, 'CLF', '1.2345'],
    ['9223372036854775807', 'EUR', '92,233,720,368,547,758.07'],
    [99_999n, 'USD', '999.99'],
    [4999.5, 'EUR', '50.00'],
    [4999, 'ZZZ', '49.99'],
  ])('writes %s %s as %s', (minorUnits, currency, text) => {
    expect(formatMoney(minorUnits, currency)).toBe(text)
  })

  it('keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom(...minorUnitDigits.keys()), (minorUnits, currency) => {
        expect(BigInt(formatMoney(minorUnits, currency).replace(/[,.]/g, ''))).toBe(minorUnits)
      }),
    )
  })
})
