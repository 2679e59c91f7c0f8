/** States which touches get the credit for a conversion. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CreditTouch, credit, divideValue, eligibleTouches, models } from './credit.ts'
import { isFractional, modelNames } from './models.ts'

const day = 86_400_000
const conversionAt = 100 * day

/** A touch so many days before the conversion. */
function touch(id: number | string, daysBefore: number, more: Partial<CreditTouch> = {}): CreditTouch {
  return { id: String(id), at: conversionAt - daysBefore * day, isDirect: false, ...more }
}

const direct = { isDirect: true }
const idsOf = (touches: readonly CreditTouch[]) => touches.map(({ id }) => id)
const eligible = (touches: CreditTouch[], days = 90) => eligibleTouches(touches, conversionAt, days * day)

describe('eligibleTouches', () => {
  test('both ends of the look-back count', () => {
    const edge = [touch(1, 90), touch(2, 90, { at: conversionAt - 90 * day - 1 }), touch(3, 0)]
    expect(idsOf(eligible(edge))).toEqual(['1', '3'])
  })

  test('a touch after the conversion never counts', () => {
    expect(eligible([touch(1, 0, { at: conversionAt + 1 })])).toEqual([])
  })

  test('a look-back of 0 keeps the instant of the conversion', () => {
    expect(idsOf(eligible([touch(1, 0.001), touch(2, 0)], 0))).toEqual(['2'])
  })

  test.each([
    ['by time', [touch(1, 1), touch(2, 2)], ['2', '1']],
    [
      'then by place in the session',
      [touch(1, 1, { seq: 2 }), touch(2, 1, { seq: 1 }), touch(3, 1)],
      ['3', '2', '1'],
    ],
    ['then by id, as a number', [touch(10, 1), touch(9, 1)], ['9', '10']],
    [
      'by id where numbers are no longer exact',
      [touch('9007199254740993', 1), touch('9007199254740992', 1)],
      ['9007199254740992', '9007199254740993'],
    ],
  ])('they are ordered %s', (_, touches, ids) => {
    expect(idsOf(eligible(touches))).toEqual(ids)
  })

  test('sorting them does not change the list that was passed', () => {
    const touches = [touch(1, 1), touch(2, 2)]
    eligible(touches)
    expect(idsOf(touches)).toEqual(['1', '2'])
  })
})

describe('credit', () => {
  const options = { lookbackMs: 30 * day, defaultModel: 'last_non_direct' } as const
  const purchase = { at: conversionAt, valueCents: 10_000 }

  test('a conversion without touches stays unattributed', () => {
    expect(credit(purchase, [], options)).toEqual({
      firstTouchId: null,
      lastNonDirectTouchId: null,
      attributedTouchId: null,
      weights: {},
      credits: [],
    })
  })

  test('the first touch may be older than the look-back, the first model stays within it', () => {
    const result = credit(purchase, [touch(1, 60), touch(2, 20), touch(3, 1, direct)], options)
    expect(result).toMatchObject({
      firstTouchId: '1',
      lastNonDirectTouchId: '2',
      attributedTouchId: '2',
      weights: { 2: 1 },
    })
    expect(result.credits).toContainEqual({ model: 'first', touchId: '2', weight: 1, valueCents: 10_000 })
  })

  test('when all touches are direct, the last one is credited, and none is the last non-direct one', () => {
    const result = credit(purchase, [touch(1, 2, direct), touch(2, 1, direct)], options)
    expect(result).toMatchObject({ firstTouchId: '1', lastNonDirectTouchId: null, attributedTouchId: '2' })
  })

  test('a non-direct touch outside the look-back is not the last non-direct one', () => {
    const result = credit(purchase, [touch(1, 40), touch(2, 1, direct)], options)
    expect(result).toMatchObject({ firstTouchId: '1', lastNonDirectTouchId: null, attributedTouchId: '2' })
  })

  test('of equal weights the latest touch is the attributed one', () => {
    const touches = [touch(1, 3), touch(2, 2), touch(3, 1)]
    const { attributedTouchId, weights } = credit(purchase, touches, { ...options, defaultModel: 'linear' })
    expect(attributedTouchId).toBe('3')
    expect(Object.keys(weights)).toEqual(['1', '2', '3'])
  })

  test('every model credits the whole value, and only touches with a weight have a row', () => {
    const { credits } = credit(purchase, [touch(1, 3), touch(2, 2), touch(3, 1)], options)
    for (const model of models) {
      const rows = credits.filter((row) => row.model === model)
      expect(rows.reduce((sum, row) => sum + row.valueCents!, 0)).toBe(10_000)
      expect(rows).toHaveLength(model === 'linear' ? 3 : 1)
    }
  })

  test('the odd cent goes to the earliest touch', () => {
    const { credits } = credit(purchase, [touch(3, 1), touch(1, 3), touch(2, 2)], options)
    const linear = credits.filter(({ model }) => model === 'linear')
    expect(linear.map(({ touchId, valueCents }) => [touchId, valueCents])).toEqual([
      ['1', 3334],
      ['2', 3333],
      ['3', 3333],
    ])
  })

  test.each([
    [0, 0],
    [-4000, -2000],
    [null, null],
  ])('a value of %j', (valueCents, half) => {
    const { credits, weights } = credit({ at: conversionAt, valueCents }, [touch(1, 2), touch(2, 1)], {
      ...options,
      defaultModel: 'linear',
    })
    const linear = credits.filter(({ model }) => model === 'linear')
    expect(weights).toEqual({ 1: 0.5, 2: 0.5 })
    expect(linear.map((row) => row.valueCents)).toEqual([half, half])
  })

  test('touches of a second device of the same person change the credit', () => {
    const [ad, laptop] = [touch(1, 3), touch(2, 0, direct)]
    expect(credit(purchase, [laptop], options)).toMatchObject({
      firstTouchId: '2',
      lastNonDirectTouchId: null,
    })
    expect(credit(purchase, [laptop, ad], options)).toMatchObject({
      firstTouchId: '1',
      lastNonDirectTouchId: '1',
    })
  })

  test('touches may come in any order', () => {
    const touches = [touch(1, 3), touch(2, 2, direct), touch(3, 2, { seq: 1 }), touch(11, 1), touch(9, 1)]
    const expected = credit(purchase, touches, options)
    fc.assert(
      fc.property(fc.shuffledSubarray(touches, { minLength: 5 }), (shuffled) => {
        expect(credit(purchase, shuffled, options)).toEqual(expected)
      }),
    )
  })

  test('credit is stored under the text of its model', () => {
    const { credits } = credit(purchase, [touch(1, 14), touch(2, 7)], {
      ...options,
      defaultModel: { name: 'time_decay', parameters: { half_life_days: 7 } },
      models: ['time_decay', { name: 'linear', excludeDirect: true }],
    })
    expect(credits.map(({ model, valueCents }) => [model, valueCents])).toEqual([
      ['time_decay:half_life_days=7', 3333],
      ['time_decay:half_life_days=7', 6667],
      ['linear:exclude_direct=true', 5000],
      ['linear:exclude_direct=true', 5000],
    ])
  })

  test('under participation every touch has the whole value', () => {
    const touches = [touch(1, 2), touch(2, 1)]
    const result = credit(purchase, touches, {
      ...options,
      defaultModel: 'participation',
      models: ['participation'],
    })
    expect(result.attributedTouchId).toBe('2')
    expect(result.credits).toEqual([
      { model: 'participation', touchId: '1', weight: 1, valueCents: 10_000 },
      { model: 'participation', touchId: '2', weight: 1, valueCents: 10_000 },
    ])
  })

  test('a milestone after the conversion is none', () => {
    const touches = [touch(1, 3), touch(2, 2), touch(3, 1)]
    const weightsWith = (at: number) =>
      credit({ ...purchase, milestones: [{ name: 'lead_created', at }] }, touches, {
        ...options,
        defaultModel: 'u_shaped_lead',
      }).weights
    expect(weightsWith(conversionAt)[3]).toBeCloseTo(0.4, 12)
    expect(weightsWith(conversionAt + 1)[3]).toBeCloseTo(1 / 6, 12)
  })

  const anyTouch = fc.record({
    daysBefore: fc.integer({ min: 0, max: 30 }),
    isDirect: fc.boolean(),
    isPaid: fc.boolean(),
  })
  const anyTouches = fc
    .array(anyTouch, { minLength: 1, maxLength: 30 })
    .map((records) => records.map(({ daysBefore, ...more }, id) => touch(id, daysBefore, more)))

  test.each(modelNames.filter(isFractional))('%s conserves every cent', (model) => {
    fc.assert(
      fc.property(anyTouches, fc.integer(), (touches, valueCents) => {
        const { credits } = credit({ at: conversionAt, valueCents }, touches, { ...options, models: [model] })
        expect(credits.reduce((sum, one) => sum + one.valueCents!, 0)).toBe(valueCents)
      }),
    )
  })

  test.each(modelNames)('under %s a refund takes back what each touch earned, in any order', (model) => {
    const withShuffled = anyTouches.chain((touches) =>
      fc.tuple(fc.constant(touches), fc.shuffledSubarray(touches, { minLength: touches.length })),
    )
    const creditsOf = (valueCents: number, touches: CreditTouch[]) =>
      credit({ at: conversionAt, valueCents }, touches, { ...options, models: [model] }).credits
    fc.assert(
      fc.property(withShuffled, fc.integer({ min: 1, max: 10_000_000 }), ([touches, shuffled], cents) => {
        const mirrored = creditsOf(cents, touches).map((one) => ({ ...one, valueCents: 0 - one.valueCents! }))
        expect(creditsOf(-cents, shuffled)).toEqual(mirrored)
      }),
    )
  })
})

test('a refund is divided by the weights that are stored with its purchase', () => {
  expect(divideValue('linear', -100, [0.8, 0.2])).toEqual([-80, -20])
  expect(divideValue('participation', -100, [1, 1])).toEqual([-100, -100])
})
