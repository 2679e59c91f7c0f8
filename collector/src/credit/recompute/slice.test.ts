import { expect, it } from 'vitest'
import type { Path } from '../paths.ts'
import type { StoredConversion } from './person-conversions.ts'
import { conversionsAtOnce, takeSlice } from './slice.ts'

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
  const slice = takeSlice(conversions(3), after(5))
  expect(ids(slice)).toEqual([1, 2, 3])
  expect(slice.next).toBeUndefined()
})

it('as many are taken as have 3,000 rows of credit: two models of 200 touches and the conversion itself are 401', () => {
  const slice = takeSlice(conversions(20), after(200))
  expect(ids(slice)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect([slice.last?.id, slice.next?.id]).toEqual([7, 8])
})

it('one is taken at least, however many rows it has', () => {
  expect(ids(takeSlice(conversions(2), after(5_000)))).toEqual([1])
})

it('of conversions without touches no more are taken than are loaded for one transaction', () => {
  const slice = takeSlice(conversions(conversionsAtOnce + 1), after(0))
  expect(ids(slice)).toHaveLength(conversionsAtOnce)
  expect(slice.next?.id).toBe(conversionsAtOnce + 1)
})

it('where the next one is another person’s, no one is left half done', () => {
  const slice = takeSlice([...conversions(7), conversion(8, { rank: 1, personId: '2' })], after(200))
  expect([slice.last, slice.next?.id]).toEqual([undefined, 8])
})

it('what is taken comes with the rest of its order, which is not credited unless it is another person’s', () => {
  const order = { conversionId: 'A' }
  const [sale, ownRefund] = [
    conversion(1, { ...order, rank: null }),
    conversion(9, { ...order, valueCents: -5 }),
  ]
  const alien = conversion(4, { ...order, valueCents: -7, rank: null, personId: undefined })
  const unrelated = conversion(5, { conversionId: 'B', rank: null })
  const slice = takeSlice([ownRefund, sale, alien, unrelated], after(1))
  expect(slice.conversions).toEqual([ownRefund, sale, alien])
  expect(ids(slice)).toEqual([9, 4])
})
