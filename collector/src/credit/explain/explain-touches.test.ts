/** Which touches are considered, and why the others are not. */
import { credit } from '@headwater/attribution/credit'
import { type ModelSpec, modelNames } from '@headwater/attribution/models'
import { modelKey } from '@headwater/attribution/models/model-key'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainTouches, type PathFacts, type TimedTouch } from './explain-touches.ts'

const day = 86_400_000
const noon = Date.parse('2026-11-20T12:00:00.000Z')

const touch = (id: number, daysBefore: number, fields: Partial<TimedTouch> = {}): TimedTouch => ({
  id: String(id),
  customer_id: '1',
  occurred_at: new Date(noon - daysBefore * day).toISOString(),
  at: noon - daysBefore * day,
  type: 'landing',
  channel: 'Paid Search',
  source: 'google',
  medium: 'cpc',
  campaign: null,
  click_id_type: null,
  referrer_domain: null,
  landing_path: '/',
  is_direct: false,
  is_paid: true,
  is_bot: false,
  is_withdrawn: false,
  ...fields,
})
const direct = (id: number, daysBefore: number) =>
  touch(id, daysBefore, { channel: 'Direct', source: null, medium: null, is_direct: true, is_paid: false })

const path = (fields: Partial<PathFacts> = {}): PathFacts => ({
  at: noon,
  lookbackMs: 90 * day,
  limit: 200,
  members: new Set(['1']),
  separatedAt: new Map(),
  models: ['linear'],
  credits: [],
  isCounted: true,
  hasValue: true,
  ...fields,
})

const reasonsOf = (touches: TimedTouch[], facts?: Partial<PathFacts>) =>
  Object.fromEntries(explainTouches(touches, path(facts)).not_counted.map(({ id, reason }) => [id, reason]))

describe('a touch does not count', () => {
  it.each<[string, TimedTouch, string]>([
    ['after the conversion', touch(2, -1), 'after_conversion'],
    ['before the look-back', touch(2, 91), 'older_than_lookback'],
    ['of a bot', touch(2, 1, { is_bot: true }), 'bot'],
    ['that is no landing any more', touch(2, 1, { is_withdrawn: true }), 'withdrawn'],
    ['of another person', touch(2, 1, { customer_id: '9' }), 'other_person'],
  ])('%s', (_, other, reason) => {
    expect(reasonsOf([touch(1, 5), other])).toEqual({ 2: reason })
  })

  it('beyond the latest ones, except the first of all', () => {
    const touches = [1, 2, 3, 4, 5].map((id) => touch(id, 10 - id))
    expect(reasonsOf(touches, { limit: 2 })).toEqual({ 2: 'beyond_limit', 3: 'beyond_limit' })
  })

  it('and those of bots take no place among the latest ones', () => {
    const touches = [touch(1, 9), touch(2, 8), touch(3, 7, { is_bot: true }), touch(4, 6)]
    expect(reasonsOf(touches, { limit: 2 })).toEqual({ 3: 'bot' })
  })
})

it('the ends of the look-back and the moment of the conversion count', () => {
  expect(reasonsOf([touch(1, 90), touch(2, 0)])).toEqual({})
})

describe('a direct touch', () => {
  const models = ['last', 'last_non_direct']

  it('is listed once, with the models that leave it out', () => {
    const { touches, not_counted } = explainTouches([touch(1, 5), direct(2, 1)], path({ models }))
    expect(touches.map(({ id }) => id)).toEqual(['1', '2'])
    expect(touches[1]?.credit.map(({ model, reason }) => [model, reason])).toEqual([
      ['last', 'no_share'],
      ['last_non_direct', 'direct_excluded'],
    ])
    expect(not_counted).toEqual([])
  })

  it('is left out by no model when all are direct', () => {
    const { touches } = explainTouches([direct(1, 5), direct(2, 1)], path({ models }))
    expect(touches.flatMap(({ credit }) => credit.map(({ reason }) => reason))).not.toContain(
      'direct_excluded',
    )
  })
})

it('a touch that has credit and will lose it is shown with both', () => {
  const credits = [{ model: 'linear', touch_id: '2', weight: 1, value_cents: 100 }]
  const { touches, not_counted } = explainTouches(
    [touch(1, 5), touch(2, 1, { customer_id: '9' })],
    path({ credits }),
  )
  expect(touches).toMatchObject([
    { id: '1', leaves_because: null, credit: [{ weight: 0, value_cents: 0 }] },
    { id: '2', leaves_because: 'other_person', credit: [{ weight: 1, value_cents: 100, reason: null }] },
  ])
  expect(not_counted).toEqual([])
})

it('a separated customer’s touches say when it was separated', () => {
  const separatedAt = new Map([['9', noon]])
  expect(
    explainTouches([touch(1, 1, { customer_id: '9' })], path({ separatedAt })).not_counted,
  ).toMatchObject([{ reason: 'other_person', separated_at: '2026-11-20T12:00:00.000Z' }])
})

it('touches of a conversion that does not count earn nothing, for that reason', () => {
  const { touches } = explainTouches([touch(1, 1)], path({ isCounted: false, hasValue: false }))
  expect(touches[0]?.credit).toEqual([
    { model: 'linear', weight: 0, value_cents: null, reason: 'conversion_not_counted' },
  ])
})

describe('for any touches and all models', () => {
  const anyTouch = fc.record({
    daysBefore: fc.double({ min: -5, max: 120, noNaN: true }),
    is_direct: fc.boolean(),
    is_paid: fc.boolean(),
    is_bot: fc.boolean(),
    customer_id: fc.constantFrom('1', '2', '9'),
  })
  const models: ModelSpec[] = [
    ...modelNames.map((name) => ({ name })),
    { name: 'linear', excludeDirect: true },
    { name: 'time_decay', parameters: { half_life_days: 1 } },
  ]
  const members = new Set(['1', '2'])

  it('every touch is considered or has a reason, and the cents add up to the value', () => {
    fc.assert(
      fc.property(
        fc.array(anyTouch, { maxLength: 30 }),
        fc.integer({ min: -5_000, max: 5_000 }),
        (given, valueCents) => {
          const all = given.map(({ daysBefore, ...fields }, index) => touch(index + 1, daysBefore, fields))
          const own = all.filter(({ customer_id, is_bot }) => members.has(customer_id) && !is_bot)
          const { credits } = credit(
            { at: noon, valueCents },
            own.map(({ id, at, is_direct, is_paid }) => ({ id, at, isDirect: is_direct, isPaid: is_paid })),
            { lookbackMs: 90 * day, defaultModel: 'linear', models },
          )
          const stored = credits.map(({ touchId, valueCents: value_cents, ...rest }) => ({
            ...rest,
            touch_id: touchId,
            value_cents,
          }))
          const keys = models.map(modelKey)
          const explained = explainTouches(all, path({ members, credits: stored, models: keys }))

          const considered = explained.touches.map(({ id }) => id)
          const left = explained.not_counted.map(({ id }) => id)
          expect([...considered, ...left].sort()).toEqual(all.map(({ id }) => id).sort())
          expect(explained.touches.every(({ leaves_because }) => leaves_because === null)).toBe(true)
          for (const key of keys) {
            const shares = explained.touches.flatMap((each) =>
              each.credit.filter(({ model }) => model === key),
            )
            const cents = shares.reduce((sum, { value_cents }) => sum + (value_cents ?? 0), 0)
            const items = key === 'participation' ? considered.length : Math.min(1, considered.length)
            expect(cents).toBe(items === 0 ? 0 : valueCents * items)
            // What a model gives nothing it either excludes or gives to others.
            for (const { weight, reason } of shares) expect(weight > 0).toBe(reason === null)
          }
        },
      ),
    )
  })
})
