/** States how money is divided: to the cent, with nothing lost or added. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateCents } from './allocate-cents.ts'

const third = 1 / 3

describe('allocateCents', () => {
  test.each([
    ['thirds: the first part gets the cent', 10_000, [third, third, third], [3334, 3333, 3333]],
    ['two cents left: the first two', 14_000, [third, third, third], [4667, 4667, 4666]],
    ['no cent left', 14_000, [0.4, 0.2, 0.4], [5600, 2800, 5600]],
    ['the largest remainder, not the first', 100, [0.331, 0.338, 0.331], [33, 34, 33]],
    ['one cent for two', 1, [0.5, 0.5], [1, 0]],
    ['one weight has it all', 100, [1, 0, 0], [100, 0, 0]],
    ['nothing to divide', 0, [0.5, 0.5], [0, 0]],
    ['a refund mirrors its purchase', -10_000, [third, third, third], [-3334, -3333, -3333]],
    ['a refund of one cent', -1, [0.5, 0.5], [-1, 0]],
    ['weights in other units', 100, [3, 1], [75, 25]],
    ['weights of 0: equal parts', 100, [0, 0, 0], [34, 33, 33]],
    ['the largest total', 2 ** 53, [0.5, 0.5], [2 ** 52, 2 ** 52]],
    ['the largest total, undivided', -(2 ** 53), [1], [-(2 ** 53)]],
  ])('%s', (_, total, weights, parts) => {
    expect(allocateCents(total, weights)).toEqual(parts)
  })

  test('without weights there are no parts', () => {
    expect(allocateCents(100, [])).toEqual([])
  })

  const totals = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(2 ** 53, -(2 ** 53), 0, 1, -1))
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 500 })

  test('the parts sum to the total exactly', () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        const sum = allocateCents(total, shares).reduce((a, part) => a + BigInt(part), 0n)
        expect(sum).toBe(BigInt(total))
      }),
    )
  })

  test('no part is more than a cent from its exact share', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), weights, (total, shares) => {
        const sum = shares.reduce((a, b) => a + b, 0)
        fc.pre(sum > 0.001) // below, the shares themselves are no longer exact in doubles
        const parts = allocateCents(total, shares)
        parts.forEach((part, index) => {
          expect(Math.abs(part - (total * shares[index]!) / sum)).toBeLessThan(1.001)
        })
      }),
    )
  })

  test('a refund gives back what the purchase gave, touch by touch', () => {
    fc.assert(
      fc.property(totals, weights, (total, shares) => {
        const back = allocateCents(-total, shares)
        expect(allocateCents(total, shares).map((part, index) => part + back[index]!)).toEqual(
          shares.map(() => 0),
        )
      }),
    )
  })

  test('of equal weights the earlier never gets less, and a smaller weight never gets more', () => {
    fc.assert(
      fc.property(fc.nat(), weights, (total, shares) => {
        const parts = allocateCents(total, shares)
        for (let i = 1; i < parts.length; i++) {
          if (shares[i - 1] === shares[i]) expect(parts[i - 1]).toBeGreaterThanOrEqual(parts[i]!)
          if (shares[i - 1]! > shares[i]!) expect(parts[i - 1]).toBeGreaterThanOrEqual(parts[i]!)
        }
      }),
    )
  })
})
