/** What changed from version to version. */
import { expect, it } from 'vitest'
import { explainVersions, type VersionedCredit } from './explain-versions.ts'

const row = (version: number, reason: string) => ({ version, reason, at: version * 1_000 })
const share = (
  version: number,
  touch_id: string,
  value_cents: number,
  model = 'linear',
): VersionedCredit => ({
  version,
  model,
  touch_id,
  weight: value_cents / 100,
  value_cents,
})

it('a version shows what moved from touch to touch, and nothing that stayed', () => {
  const credits = [
    share(1, 'a', 100),
    share(1, 'c', 100, 'last'),
    share(2, 'a', 40),
    share(2, 'b', 60),
    share(2, 'c', 100, 'last'),
  ]
  const [first, second] = explainVersions([row(1, 'first'), row(2, 'late_touch')], credits)
  expect(first).toEqual({ version: 1, reason: 'first', at: '1970-01-01T00:00:01.000Z', moved: [] })
  expect(second?.moved).toEqual([
    {
      model: 'linear',
      touch_id: 'a',
      weight_before: 1,
      weight_after: 0.4,
      cents_before: 100,
      cents_after: 40,
    },
    {
      model: 'linear',
      touch_id: 'b',
      weight_before: null,
      weight_after: 0.6,
      cents_before: null,
      cents_after: 60,
    },
  ])
})

it('what moves adds up to nothing while value and models stay', () => {
  const credits = [share(1, 'a', 70), share(1, 'b', 30), share(2, 'b', 55), share(2, 'c', 45)]
  const moved = explainVersions([row(1, 'first'), row(2, 'merge')], credits)[1]?.moved ?? []
  const sum = moved.reduce(
    (total, { cents_before, cents_after }) => total + (cents_after ?? 0) - (cents_before ?? 0),
    0,
  )
  expect([moved.length, sum]).toEqual([3, 0])
})

it('a model that was turned off or on is a move of its own', () => {
  const moved = explainVersions(
    [row(1, 'first'), row(2, 'model_changed')],
    [share(1, 'a', 100, 'first'), share(2, 'a', 100, 'last')],
  )[1]?.moved
  expect(moved?.map(({ model, cents_before, cents_after }) => [model, cents_before, cents_after])).toEqual([
    ['last', null, 100],
    ['first', 100, null],
  ])
})
