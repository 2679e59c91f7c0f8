import { describe, expect, it } from 'vitest'
import type { Path } from '../paths.ts'
import type { StoredConversion } from './person-conversions.ts'
import { takeSlice } from './slice.ts'

const models: StoredConversion['rules']['models'] = ['first', 'last']
const conversion = (id: number, fields: Partial<StoredConversion> = {}): StoredConversion => ({
  websiteId: '1',
  customerId: '1',
  sessionId: null,
  eventId: String(id),
  name: 'purchase',
  conversionId: null,
  occurredAt: id,
  valueCents: 100,
  currency: 'EUR',
  rules: { lookbackDays: 90, defaultModel: 'first', models },
  id,
  version: 1,
  personId: '1',
  rank: 0,
  ...fields,
})
const conversions = (count: number) => Array.from({ length: count }, (_, i) => conversion(i + 1))
/** Each conversion after that many touches. */
const after = (touches: number) => (): Path => ({
  touches: Array.from({ length: touches }, () => ({}) as Path['touches'][number]),
  milestones: [],
})
const ids = (slice: ReturnType<typeof takeSlice>) =>
  slice.conversions.filter((one) => slice.isDue(one)).map(({ id }) => id)

it('few conversions are taken at once, and nothing is left', () => {
  const slice = takeSlice(conversions(3), after(5), 500)
  expect(ids(slice)).toEqual([1, 2, 3])
  expect(slice.next).toBeUndefined()
})

it('as many are taken as have 3,000 rows of credit: two models of 200 touches and the conversion itself are 401', () => {
  const slice = takeSlice(conversions(20), after(200), 500)
  expect(ids(slice)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect([slice.last?.id, slice.next?.id]).toEqual([7, 8])
})

it('one is taken at least, however many rows it has', () => {
  expect(ids(takeSlice(conversions(2), after(5_000), 500))).toEqual([1])
})

it('no more are taken than the limit', () => {
  const slice = takeSlice(conversions(11), after(0), 10)
  expect(ids(slice)).toHaveLength(10)
  expect(slice.next?.id).toBe(11)
})

it('where the next one is another person’s, no one is left half done', () => {
  const slice = takeSlice([...conversions(7), conversion(8, { rank: 1, personId: '2' })], after(200), 500)
  expect([slice.last, slice.next?.id]).toEqual([undefined, 8])
})

describe('of an order', () => {
  const order = { conversionId: 'A' }
  const sale = conversion(1, order)
  const ownRefund = conversion(9, { ...order, valueCents: -5 })
  const othersRefund = conversion(4, { ...order, valueCents: -7, rank: null, personId: undefined })
  const unrelated = conversion(5, { conversionId: 'B', rank: null })

  it('a refund is credited with the rest of the order in sight', () => {
    const slice = takeSlice([ownRefund, { ...sale, rank: null }, othersRefund, unrelated], after(1), 500)
    expect(slice.conversions.map(({ id }) => id)).toEqual([9, 1, 4])
    expect(ids(slice)).toEqual([9])
  })

  it('the sale is credited with the refunds that others have reported', () => {
    expect(ids(takeSlice([sale, othersRefund], after(1), 500))).toEqual([1, 4])
    const ofMember = { ...othersRefund, rank: 1, personId: '2' } // her turn may be another transaction, without the sale
    expect(ids(takeSlice([sale, ofMember], after(1), 1))).toEqual([1, 4])
  })

  it('the buyer’s own refunds wait for their turn', () => {
    const slice = takeSlice([sale, ownRefund], after(1), 1)
    expect(ids(slice)).toEqual([1])
    expect(slice.next).toBe(ownRefund)
  })
})
