/** What refunds take back, without a database. */
import { credit } from '@headwater/attribution/credit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noCredit } from './conversion.ts'
import { creditRefunds, type Refund, type Sale } from './refunds.ts'

const dayMs = 86_400_000
const touchesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: String(i + 1), at: i * dayMs, isDirect: false }))

/** A purchase after so many touches, credited by the models. */
const sale = (
  valueCents: number | null,
  touches: number,
  models = ['linear', 'participation'] as const,
): Sale => ({
  valueCents,
  model: 'linear',
  lookbackDays: 90,
  credit: credit({ at: 50 * dayMs, valueCents }, touchesOf(touches), {
    lookbackMs: 90 * dayMs,
    defaultModel: 'linear',
    models,
  }),
})
let lastEvent = 0
const refund = (valueCents: number, fields: Partial<Refund> = {}): Refund => ({
  eventId: String(++lastEvent),
  occurredAt: 60 * dayMs,
  valueCents,
  ...fields,
})
const valuesOf = (sale: Sale, refunds: Refund[], model = 'linear') => {
  const credited = creditRefunds(sale, refunds)
  return refunds.map((one) =>
    credited
      .get(one)!
      .credit.credits.filter((part) => part.model === model)
      .map((part) => part.valueCents),
  )
}
const oversOf = (sale: Sale, refunds: Refund[]) => {
  const credited = creditRefunds(sale, refunds)
  return refunds.map((one) => credited.get(one)!.overRefundCents)
}

describe('a refund', () => {
  it('of all takes back from each touch what it earned', () => {
    expect(valuesOf(sale(10_000, 3), [refund(-10_000)])).toEqual([[-3_334, -3_333, -3_333]])
  })

  it('of a part takes back in proportion, and the rest goes with the last one', () => {
    const refunds = [refund(-5_000), refund(-5_000, { occurredAt: 61 * dayMs })]
    expect(valuesOf(sale(10_000, 3), refunds)).toEqual([
      [-1_667, -1_667, -1_666],
      [-1_667, -1_666, -1_667],
    ])
  })

  it('of single cents is rounded to each touch in turn', () => {
    const cents = [1, 2, 3].map((day) => refund(-1, { occurredAt: (60 + day) * dayMs }))
    expect(valuesOf(sale(3, 3), cents)).toEqual([
      [-1, 0, 0],
      [0, -1, 0],
      [0, 0, -1],
    ])
  })

  it('of more than is left takes that back, and the rest is over-refund', () => {
    const refunds = [
      refund(-700),
      refund(-700, { occurredAt: 61 * dayMs }),
      refund(-1, { occurredAt: 62 * dayMs }),
    ]
    expect(oversOf(sale(1_000, 2), refunds)).toEqual([0, 400, 1])
    expect(valuesOf(sale(1_000, 2), refunds)).toEqual([
      [-350, -350],
      [-150, -150],
      [0, 0],
    ])
  })

  it('of a model whose touches each earn all takes all back from each, and no more', () => {
    const refunds = [refund(-700), refund(-700, { occurredAt: 61 * dayMs })]
    expect(valuesOf(sale(1_000, 2), refunds, 'participation')).toEqual([
      [-700, -700],
      [-300, -300],
    ])
  })

  it('of a free purchase, or of one without a value, is over-refund', () => {
    expect(oversOf(sale(0, 2), [refund(-5)])).toEqual([5])
    expect(oversOf(sale(null, 2), [refund(-5)])).toEqual([5])
  })

  it('of an unattributed purchase takes no credit back, and counts against it', () => {
    const refunds = [refund(-700), refund(-700, { occurredAt: 61 * dayMs })]
    expect([valuesOf(sale(1_000, 0), refunds), oversOf(sale(1_000, 0), refunds)]).toEqual([
      [[], []],
      [0, 400],
    ])
  })

  it('of a purchase that does not count is over-refund', () => {
    expect(oversOf({ ...sale(1_000, 2), counted: false, credit: noCredit }, [refund(-700)])).toEqual([700])
  })

  it('that does not count takes nothing back, and leaves it to the others', () => {
    const refunds = [refund(-700, { counted: false }), refund(-700, { occurredAt: 61 * dayMs })]
    expect([valuesOf(sale(1_000, 2), refunds), oversOf(sale(1_000, 2), refunds)]).toEqual([
      [[], [-350, -350]],
      [0, 0],
    ])
  })

  it('references the touches of its purchase, with their weights', () => {
    const bought = sale(1_000, 2)
    const [credited] = creditRefunds(bought, [refund(-10)]).values()
    expect(credited).toMatchObject({ model: 'linear', lookbackDays: 90 })
    const { credits, ...names } = bought.credit
    expect(credited?.credit).toMatchObject(names)
    expect(credited?.credit.credits.map(({ weight }) => weight)).toEqual(credits.map(({ weight }) => weight))
  })
})

it('refunds take back in the order they happened, in whatever order they are given', () => {
  const days = fc.array(fc.record({ day: fc.nat({ max: 3 }), cents: fc.integer({ min: 1, max: 400 }) }), {
    maxLength: 6,
  })
  const cases = days.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
  )
  fc.assert(
    fc.property(
      cases,
      fc.nat({ max: 1_000 }),
      fc.integer({ min: 0, max: 4 }),
      ([given, shuffled], cents, touches) => {
        const bought = sale(cents, touches)
        const credit = (list: typeof given) => {
          const refunds = list.map(({ day, cents }) => refund(-cents, { occurredAt: day * dayMs }))
          const credited = creditRefunds(bought, refunds)
          return refunds
            .map(({ occurredAt, valueCents }, i) => {
              const { credit, overRefundCents } = credited.get(refunds[i]!)!
              return {
                occurredAt,
                valueCents,
                overRefundCents,
                values: credit.credits.map((one) => one.valueCents),
              }
            })
            .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        }
        expect(credit(shuffled)).toEqual(credit(given))
      },
    ),
  )
})

it('no touch ends up with less than nothing, and every cent is taken back or over-refund', () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 12 })
  fc.assert(
    fc.property(fc.nat({ max: 5_000 }), fc.integer({ min: 1, max: 9 }), amounts, (cents, touches, given) => {
      const bought = sale(cents, touches)
      const refunds = given.map((amount, i) => refund(-amount, { occurredAt: i * dayMs }))
      const credited = creditRefunds(bought, refunds)
      const net = new Map(
        bought.credit.credits.map((one) => [`${one.model} ${one.touchId}`, one.valueCents ?? 0]),
      )
      for (const one of refunds) {
        const { credit, overRefundCents } = credited.get(one)!
        const linear = credit.credits.filter(({ model }) => model === 'linear')
        expect(linear.reduce((sum, { valueCents }) => sum + (valueCents ?? 0), 0)).toBe(
          (one.valueCents ?? 0) + overRefundCents,
        )
        for (const { model, touchId, valueCents } of credit.credits) {
          expect(valueCents).toBeLessThanOrEqual(0)
          const name = `${model} ${touchId}`
          net.set(name, (net.get(name) ?? 0) + (valueCents ?? 0))
        }
      }
      for (const left of net.values()) expect(left).toBeGreaterThanOrEqual(0)
    }),
  )
})
