import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findPoison } from './poison.ts'

const search = async (count: number, poison: number[]) => {
  let trials = 0
  const found = await findPoison(
    Array.from({ length: count }, (_, i) => i),
    async (events) => {
      trials += 1
      return !events.some((event) => poison.includes(event))
    },
  )
  return { found, trials }
}

it('finds exactly the poisoned events, wherever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.uniqueArray(fc.nat(59)), async (count, poison) => {
      const expected = poison.filter((index) => index < count).sort((a, b) => a - b)
      expect((await search(count, poison)).found).toEqual(expected)
    }),
  )
})

it('takes about twice the logarithm of the batch to find one', async () => {
  expect((await search(500, [77])).trials).toBeLessThanOrEqual(2 * 9 + 1)
})
