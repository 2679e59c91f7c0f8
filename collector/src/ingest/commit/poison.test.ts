/** What bisection finds, and what it costs. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findPoison } from './poison.ts'

const search = async (count: number, poison: number[]) => {
  let trials = 0
  const events = Array.from({ length: count }, (_, i) => i)
  const found = await findPoison(events, async (tried) => {
    trials += 1
    return !tried.some((event) => poison.includes(event))
  })
  return { found, trials }
}

it('finds exactly the poisoned events, wherever they are', async () => {
  const few = fc.uniqueArray(fc.nat(59), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), few, async (count, poison) => {
      const expected = poison.filter((index) => index < count).sort((a, b) => a - b)
      expect((await search(count, poison)).found).toEqual(expected)
    }),
  )
})

it('finds one in about twice the logarithm of the batch size', async () => {
  expect((await search(500, [77])).trials).toBeLessThanOrEqual(2 * 9 + 1)
})

it('gives up after 64 trials on a batch full of poison, and loses no event found storable', async () => {
  const poison = Array.from({ length: 250 }, (_, i) => 250 + i)
  const { found, trials } = await search(500, poison)
  expect(trials).toBe(64)
  expect(found).toEqual(poison)
})
