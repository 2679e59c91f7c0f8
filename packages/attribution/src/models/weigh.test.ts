/** States how each model weighs touches. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFractional, type ModelChoice, modelNames } from '../models.ts'
import type { CreditTouch, Milestone } from './journey.ts'
import { weigh, withoutDirect } from './weigh.ts'

const day = 86_400_000

/** A touch on a day; ids count from 1. */
const touch = (id: number, onDay: number, more: Partial<CreditTouch> = {}): CreditTouch => ({
  id: String(id),
  at: onDay * day,
  isDirect: false,
  ...more,
})

/** So many touches, a day apart from day 1 on. */
const journey = (count: number) => Array.from({ length: count }, (_, index) => touch(index + 1, index + 1))

const direct = { isDirect: true }
const paid = { isPaid: true }
const idsOf = (touches: readonly CreditTouch[]) => touches.map(({ id }) => id)
const weightsOf = (model: ModelChoice, touches: readonly CreditTouch[], milestones?: Milestone[]) =>
  Object.fromEntries(weigh(model, touches, milestones))

/** Fails unless every touch has its weight, in order; touches of weight 0 are left out of the result. */
function expectWeights(
  model: ModelChoice,
  touches: CreditTouch[],
  weights: number[],
  milestones?: Milestone[],
) {
  const found = weigh(model, touches, milestones)
  expect(found.size).toBe(weights.filter((weight) => weight > 0).length)
  for (const [index, weight] of weights.entries())
    expect(found.get(touches[index]!.id) ?? 0).toBeCloseTo(weight, 12)
}

describe('models of one touch', () => {
  const path = [
    touch(1, 1, direct),
    touch(2, 2),
    touch(3, 3, paid),
    touch(4, 4, paid),
    touch(5, 5),
    touch(6, 6, direct),
  ]

  test.each([
    ['first', '1'],
    ['last', '6'],
    ['last_non_direct', '5'],
    ['first_paid', '3'],
    ['last_paid', '4'],
  ] as const)('%s', (model, id) => {
    expect(weightsOf(model, path)).toEqual({ [id]: 1 })
  })

  test.each([
    ['first_paid', '2'],
    ['last_paid', '3'],
  ] as const)('%s falls back to touches that are not direct', (model, id) => {
    const unpaid = [touch(1, 1, direct), touch(2, 2), touch(3, 3), touch(4, 4, direct)]
    expect(weightsOf(model, unpaid)).toEqual({ [id]: 1 })
  })

  test.each([
    ['last_non_direct', '2'],
    ['first_paid', '1'],
    ['last_paid', '2'],
  ] as const)('%s falls back to direct when there is nothing else', (model, id) => {
    expect(weightsOf(model, [touch(1, 1, direct), touch(2, 2, direct)])).toEqual({ [id]: 1 })
  })
})

describe('models by position', () => {
  test.each([
    ['position_based', [0.5, 0.5], [0.4, 0.2, 0.4], [0.4, 0.05, 0.05, 0.05, 0.05, 0.4]],
    ['j_shaped', [0.25, 0.75], [0.2, 0.2, 0.6], [0.2, 0.05, 0.05, 0.05, 0.05, 0.6]],
    ['inverse_j', [0.75, 0.25], [0.6, 0.2, 0.2], [0.6, 0.05, 0.05, 0.05, 0.05, 0.2]],
    ['custom', [0.5, 0.5], [0.4, 0.2, 0.4], [0.4, 0.05, 0.05, 0.05, 0.05, 0.4]],
  ] as const)('%s', (model, ofTwo, ofThree, ofSix) => {
    expectWeights(model, journey(1), [1])
    expectWeights(model, journey(2), [...ofTwo])
    expectWeights(model, journey(3), [...ofThree])
    expectWeights(model, journey(6), [...ofSix])
  })

  const custom = (first: number, middle: number, last: number): ModelChoice => ({
    name: 'custom',
    parameters: { first, middle, last },
  })

  test.each([
    [custom(1, 2, 5), [1 / 6, 5 / 6], [0.125, 0.125, 0.125, 0.625]],
    [custom(0.5, 0, 0.5), [0.5, 0.5], [0.5, 0, 0, 0.5]],
    [custom(0, 1, 1), [0, 1], [0, 0.25, 0.25, 0.5]],
    [custom(0, 0, 3), [0, 1], [0, 0, 0, 1]],
    [custom(0, 1, 0), [0.5, 0.5], [0, 0.5, 0.5, 0]], // two touches have no middle, so nothing tells them apart
    [custom(0, 0, 0), [0.5, 0.5], [0.25, 0.25, 0.25, 0.25]],
  ])('%j', (model, ofTwo, ofFour) => {
    expectWeights(model, journey(1), [1])
    expectWeights(model, journey(2), ofTwo)
    expectWeights(model, journey(4), ofFour)
  })
})

describe('time decay', () => {
  const ofDays = (half_life_days: number): ModelChoice => ({
    name: 'time_decay',
    parameters: { half_life_days },
  })

  test('a touch one half-life before another earns half as much', () => {
    expectWeights('time_decay', [touch(1, 1), touch(2, 8), touch(3, 15)], [1 / 7, 2 / 7, 4 / 7])
    expectWeights(ofDays(1), journey(3), [1 / 7, 2 / 7, 4 / 7])
  })

  test('age counts by the millisecond', () => {
    expectWeights(
      'time_decay',
      [touch(1, 0), touch(2, 0.5)],
      [1 / (1 + 2 ** (0.5 / 7)), 1 / (1 + 2 ** (-0.5 / 7))],
    )
  })

  test('touches of the same instant earn the same', () => {
    expectWeights('time_decay', [touch(1, 1), touch(2, 1)], [0.5, 0.5])
  })

  test('touches many half-lives before the conversion still share all of it', () => {
    const old = [touch(1, -100_000), touch(2, -100_000), touch(3, -99_999.999)]
    const weights = [...weigh(ofDays(0.001), old).values()]
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect(weights[2]).toBeCloseTo(0.5, 6)
  })

  test('a longer unit of time changes nothing', () => {
    const days = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (ages, halfLife, unit) => {
          const inUnits = (factor: number) =>
            ages.toSorted((a, b) => a - b).map((age, index) => touch(index, age * factor))
          const weights = [...weigh(ofDays(halfLife * unit), inUnits(unit)).values()]
          expectWeights(ofDays(halfLife), inUnits(1), weights)
        },
      ),
    )
  })
})

describe('models by milestones', () => {
  const leadOn = (onDay: number): Milestone => ({ name: 'lead_created', at: onDay * day })
  const dealOn = (onDay: number): Milestone => ({ name: 'deal_created', at: onDay * day })

  test.each([
    ['u_shaped_lead', [leadOn(3)], [0.4, 0.2 / 3, 0.4, 0.2 / 3, 0.2 / 3]],
    ['w_shaped', [leadOn(2), dealOn(4)], [0.3, 0.3, 0.05, 0.3, 0.05]],
    ['full_path', [leadOn(2), dealOn(4)], [0.225, 0.225, 0.1, 0.225, 0.225]],
    ['w_shaped', [leadOn(2.9), dealOn(100)], [0.3, 0.3, 0.05, 0.05, 0.3]], // each to the latest touch before it
  ] as const)('%s', (model, milestones, weights) => {
    expectWeights(model, journey(5), [...weights], [...milestones])
  })

  test.each([
    ['two roles on one touch add up', 'w_shaped', 3, [leadOn(3), dealOn(3)], [0.3, 0.1, 0.6]],
    ['all roles on one touch', 'full_path', 1, [leadOn(1), dealOn(1)], [1]],
    [
      'without other touches the roles share all',
      'w_shaped',
      3,
      [leadOn(2), dealOn(3)],
      [1 / 3, 1 / 3, 1 / 3],
    ],
    ['without a deal the other roles earn more', 'w_shaped', 3, [leadOn(2)], [3 / 7, 3 / 7, 1 / 7]],
    ['without milestones', 'w_shaped', 3, [], [0.75, 0.125, 0.125]],
    ['without milestones', 'full_path', 3, [], [0.225 / 0.55, 0.1 / 0.55, 0.225 / 0.55]],
    ['a lead before the first touch', 'u_shaped_lead', 3, [leadOn(0.5)], [2 / 3, 1 / 6, 1 / 6]],
    ['the first of several leads', 'u_shaped_lead', 3, [leadOn(3), leadOn(2)], [0.4, 0.4, 0.2]],
    [
      'the first of several leads after the first touch',
      'u_shaped_lead',
      3,
      [leadOn(0), leadOn(2)],
      [0.4, 0.4, 0.2],
    ],
  ] as const)('%s, %s', (_, model, count, milestones, weights) => {
    expectWeights(model, journey(count), [...weights], [...milestones])
  })

  test('the events have the names that the parameters give', () => {
    const model = { name: 'u_shaped_lead', parameters: { lead_event: 'sign_up' } } as const
    const signUp = { name: 'sign_up', at: 2 * day }
    expectWeights(model, journey(3), [0.4, 0.4, 0.2], [signUp])
    expectWeights(model, journey(3), [2 / 3, 1 / 6, 1 / 6], [leadOn(2)])
  })
})

describe('participation', () => {
  test('every touch has the weight 1', () => {
    expect(weightsOf('participation', journey(3))).toEqual({ 1: 1, 2: 1, 3: 1 })
  })

  test('an item counts once, at its first touch', () => {
    const [ad, mail] = [{ item: 'ad' }, { item: 'mail' }]
    const path = [touch(1, 1, ad), touch(2, 2, mail), touch(3, 3, ad), touch(4, 4)]
    expect(weightsOf('participation', path)).toEqual({ 1: 1, 2: 1, 4: 1 })
  })
})

describe('direct touches', () => {
  const path = [touch(1, 1, direct), touch(2, 2), touch(3, 3, direct)]

  test('are left out, unless all touches are direct', () => {
    expect(idsOf(withoutDirect(path))).toEqual(['2'])
    expect(idsOf(withoutDirect([path[0]!, path[2]!]))).toEqual(['1', '3'])
  })

  test('are removed before weighing where a model says so', () => {
    expectWeights('linear', path, [1 / 3, 1 / 3, 1 / 3])
    expectWeights({ name: 'linear', excludeDirect: true }, path, [0, 1, 0])
    expectWeights({ name: 'linear', excludeDirect: true }, [path[0]!, path[2]!], [0.5, 0.5])
  })

  test('can be left in by a model that removes them by default', () => {
    expect(weightsOf({ name: 'last_non_direct', excludeDirect: false }, path)).toEqual({ 3: 1 })
  })
})

describe('for any journey', () => {
  const anyTouch = fc.record({
    at: fc.nat(400 * day),
    isDirect: fc.boolean(),
    isPaid: fc.boolean(),
    item: fc.constantFrom('a', 'b', undefined),
  })
  const anyJourney = fc
    .array(anyTouch, { minLength: 1, maxLength: 300 })
    .map((touches) =>
      touches.toSorted((a, b) => a.at - b.at).map((one, index) => ({ ...one, id: String(index) })),
    )
  const anyMilestones = fc.array(
    fc.record({ name: fc.constantFrom('lead_created', 'deal_created', 'other'), at: fc.nat(400 * day) }),
    { maxLength: 5 },
  )
  const sum = (weights: Iterable<number>) => [...weights].reduce((total, weight) => total + weight, 0)

  test.each(modelNames)('%s gives nothing without touches', (model) => {
    expect(weigh(model, [])).toEqual(new Map())
  })

  test.each(modelNames.filter(isFractional))('the weights of %s are positive and sum to 1', (name) => {
    fc.assert(
      fc.property(anyJourney, anyMilestones, fc.boolean(), (touches, milestones, excludeDirect) => {
        const weights = [...weigh({ name, excludeDirect }, touches, milestones).values()]
        expect(Math.abs(sum(weights) - 1)).toBeLessThan(1e-9)
        expect(weights.every((weight) => weight > 0 && weight <= 1)).toBe(true)
      }),
    )
  })

  test.each(modelNames)(
    '%s gives the same whatever the order of milestones and however late all of it is',
    (model) => {
      fc.assert(
        fc.property(anyJourney, anyMilestones, (touches, milestones) => {
          const expected = weigh(model, touches, milestones)
          const later = <At extends { at: number }>(one: At) => ({ ...one, at: one.at + 1000 * day })
          expect(weigh(model, touches, milestones.toReversed())).toEqual(expected)
          expect(weigh(model, touches.map(later), milestones.map(later))).toEqual(expected)
        }),
      )
    },
  )

  test('participation gives 1 to each item', () => {
    fc.assert(
      fc.property(anyJourney, (touches) => {
        const items = new Set(touches.map((one) => one.item ?? one.id))
        expect([...weigh('participation', touches).values()]).toEqual([...items].map(() => 1))
      }),
    )
  })
})
