/** The order in which rows are locked. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inLockOrder } from './lock-order.ts'

const row = (key: string, count = 1) => ({ key, count })
const keyOf = ({ key }: { key: string }) => key

it('rows are sorted by key, whatever their order', () => {
  const keys = fc.uniqueArray(fc.string())
  fc.assert(
    fc.property(keys, (all) => {
      const once = inLockOrder(
        all.map((key) => row(key)),
        keyOf,
      ).map(keyOf)
      const again = inLockOrder(
        all.toReversed().map((key) => row(key)),
        keyOf,
      ).map(keyOf)
      expect(once).toEqual(again)
      expect(once).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)))
    }),
  )
})

it('of several rows with one key the first is kept', () => {
  expect(inLockOrder([row('b', 1), row('a', 2), row('b', 3)], keyOf)).toEqual([row('a', 2), row('b', 1)])
})

it('several rows with one key are merged by the given function', () => {
  const sum = (kept: ReturnType<typeof row>, next: ReturnType<typeof row>) =>
    row(kept.key, kept.count + next.count)
  expect(inLockOrder([row('b', 1), row('a', 2), row('b', 3)], keyOf, sum)).toEqual([row('a', 2), row('b', 4)])
})
