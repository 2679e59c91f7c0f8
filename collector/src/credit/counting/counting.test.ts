import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CountableConversion, countings, decideCounted } from './counting.ts'

const conversion = (eventId: string, fields: Partial<CountableConversion> = {}): CountableConversion => ({
  eventId,
  name: 'purchase',
  ruleId: '1',
  counting: 'once_per_customer',
  sessionId: 's1',
  conversionId: null,
  currency: null,
  occurredAt: 0,
  valueCents: null,
  ...fields,
})
const countedIds = (...conversions: CountableConversion[]) =>
  [...decideCounted(conversions)].map(({ eventId }) => eventId)

describe('of a rule that counts once per customer', () => {
  it('the earliest counts, in any order of arrival', () => {
    const [first, second] = [conversion('2', { occurredAt: 1 }), conversion('1', { occurredAt: 2 })]
    expect(countedIds(first, second)).toEqual(['2'])
    expect(countedIds(second, first)).toEqual(['2'])
  })

  it('of two at one time, the one with the lower event id counts, by its number', () => {
    expect(countedIds(conversion('10'), conversion('9'))).toEqual(['9'])
  })

  it('the conversions of other rules, and those that their events declare, count too', () => {
    expect(
      countedIds(
        conversion('1'),
        conversion('2', { ruleId: '2' }),
        conversion('3', { ruleId: null, counting: null }),
      ),
    ).toEqual(['1', '2', '3'])
  })
})

describe('of a rule that counts once per session', () => {
  const inSession = (eventId: string, sessionId: string | null) =>
    conversion(eventId, { counting: 'once_per_session', sessionId })

  it('the earliest of each session counts', () => {
    expect(countedIds(inSession('1', 'a'), inSession('2', 'b'), inSession('3', 'a'))).toEqual(['1', '2'])
  })

  it('each one without a session counts', () => {
    expect(countedIds(inSession('1', null), inSession('2', null))).toEqual(['1', '2'])
  })
})

describe('a refund', () => {
  const order = (eventId: string, conversionId: string) =>
    conversion(eventId, { conversionId, valueCents: 500 })
  const refund = (eventId: string, conversionId: string | null) =>
    conversion(eventId, { conversionId, valueCents: -500, occurredAt: -1 })

  it('counts if the conversion with its order number counts, and only then', () => {
    expect(countedIds(order('1', 'A'), order('2', 'B'), refund('3', 'A'), refund('4', 'B'))).toEqual([
      '1',
      '3',
    ])
  })

  it('counts if it has no order number, or that of a conversion that is not here', () => {
    expect(countedIds(order('1', 'A'), refund('3', null), refund('4', 'C'))).toEqual(['1', '3', '4'])
  })
})

it('exactly one sale of each rule counts per session or person, whatever the order', () => {
  const conversions = fc.uniqueArray(
    fc.record({
      eventId: fc.integer({ min: 1, max: 50 }).map(String),
      ruleId: fc.constantFrom('1', '2', '3'),
      sessionId: fc.constantFrom('a', 'b'),
      occurredAt: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ eventId }) => eventId },
  )
  const withCounting = (fields: Partial<CountableConversion>) =>
    conversion('', { ...fields, counting: countings[Number(fields.ruleId) - 1] ?? 'every' })
  fc.assert(
    fc.property(conversions, fc.infiniteStream(fc.nat()), (made, random) => {
      const all = made.map(withCounting)
      const counted = countedIds(...all).sort()
      const shuffled = all
        .map((one): [number, CountableConversion] => [random.next().value ?? 0, one])
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one)
      expect(countedIds(...shuffled).sort()).toEqual(counted)
      const places = new Set(
        all.map(({ eventId, ruleId, sessionId }) =>
          [ruleId, { '1': eventId, '2': sessionId }[ruleId ?? '']].join(' '),
        ),
      )
      expect(counted).toHaveLength(places.size)
    }),
  )
})
