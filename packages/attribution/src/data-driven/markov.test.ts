/** States what the removal effect is, and what changes nothing about it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChannelPath } from './channel-path.ts'
import { countTransitions } from './count-transitions.ts'
import { type MarkovModel, markov } from './markov.ts'

const path = (text: string, conversions: number, nulls = 0, valueCents = 0): ChannelPath => ({
  path: text === '' ? [] : text.split('>'),
  conversions,
  nulls,
  valueCents,
})

function solved(paths: Iterable<ChannelPath>): MarkovModel {
  const model = markov(paths)
  if (model.status !== 'solved') throw new Error('The paths hold no conversion.')
  return model
}

const weightsOf = (paths: Iterable<ChannelPath>) =>
  Object.fromEntries(solved(paths).channels.map(({ channel, weight }) => [channel, weight]))
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

function expectClose(found: Record<string, number>, expected: Record<string, number>) {
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 9)
}

describe('the removal effect', () => {
  const example = [path('C1>C2>C3', 1), path('C1', 0, 1), path('C2>C3', 0, 1)]

  test('is the share of conversions that the chain loses without a channel', () => {
    const { conversionRate, channels } = solved(example)
    expect(conversionRate).toBeCloseTo(1 / 3, 12)
    const effects = Object.fromEntries(channels.map(({ channel, removalEffect }) => [channel, removalEffect]))
    expectClose(effects, { C1: 0.5, C2: 1, C3: 1 })
    expectClose(weightsOf(example), { C1: 0.2, C2: 0.4, C3: 0.4 })
  })

  test('divides conversions, and cents without losing one', () => {
    const { channels } = solved([path('A>B', 2, 1, 1001), path('B', 1, 0, 0)])
    expect(sum(channels.map(({ conversions }) => conversions))).toBeCloseTo(3, 12)
    expect(sum(channels.map(({ valueCents }) => valueCents))).toBe(1001)
  })

  test('of a channel that never leads to a conversion is 0', () => {
    expect(weightsOf([path('A', 2), path('B', 0, 5)])).toEqual({ A: 1, B: 0 })
  })

  test('of the only channel is 1, whatever the share of conversions', () => {
    expect(weightsOf([path('A', 1, 999_999)])).toEqual({ A: 1 })
  })

  test('allows for cycles', () => {
    const weights = weightsOf([path('A>B>A', 1), path('A>A>B', 1, 1), path('B', 1, 2)])
    expectClose(weights, { A: 8 / 17, B: 9 / 17 })
  })
})

describe('data that is insufficient', () => {
  test.each([
    ['no path', []],
    ['no conversion', [path('A', 0, 3), path('B', 0, 1)]],
    ['no channel in a path with conversions', [path('', 5), path('A', 0, 1)]],
    ['nobody on a path', [path('A>B', 0, 0)]],
  ])('%s', (_, paths) => {
    expect(markov(paths)).toEqual({ status: 'insufficient_data' })
  })
})

test('paths without channels change nothing', () => {
  const paths = [path('A>B', 3, 1, 500), path('B', 1, 4)]
  expect(markov([...paths, path('', 7, 7, 700)])).toEqual(markov(paths))
})

describe('for any paths', () => {
  const anyPath = fc.record({
    path: fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 8 }),
    conversions: fc.nat(50),
    nulls: fc.nat(50),
    valueCents: fc.nat(100_000),
  })
  const anyPaths = fc
    .array(anyPath, { minLength: 1, maxLength: 30 })
    .filter((paths) => paths.some(({ conversions }) => conversions > 0))
  const whatever = (fact: (paths: ChannelPath[]) => void) => fc.assert(fc.property(anyPaths, fact))

  test('weights are shares that sum to 1, conversions and cents sum to those of the paths', () => {
    whatever((paths) => {
      const { channels } = solved(paths)
      const taken = paths.filter(({ conversions, nulls }) => conversions + nulls > 0)
      expect(channels.every(({ weight, removalEffect }) => weight >= 0 && removalEffect <= 1)).toBe(true)
      expect(Math.abs(sum(channels.map(({ weight }) => weight)) - 1)).toBeLessThan(1e-9)
      expect(sum(channels.map(({ conversions }) => conversions))).toBeCloseTo(
        sum(paths.map(({ conversions }) => conversions)),
        6,
      )
      expect(sum(channels.map(({ valueCents }) => valueCents))).toBe(
        sum(taken.map(({ valueCents }) => valueCents ?? 0)),
      )
    })
  })

  test('the effect is that of removing the channel and solving again', () => {
    whatever((paths) => {
      const { conversionRate, channels } = solved(paths)
      expect(conversionRate).toBeCloseTo(rateWithout(paths), 9)
      for (const { channel, removalEffect } of channels)
        expect(removalEffect).toBeCloseTo(1 - rateWithout(paths, channel) / conversionRate, 6)
    })
  })

  test('a channel repeated in a row counts once', () => {
    whatever((paths) => {
      const repeated = paths.map((one) => ({
        ...one,
        path: one.path.flatMap((channel) => [channel, channel]),
      }))
      expectClose(weightsOf(repeated), weightsOf(paths))
    })
  })

  test('more people on every path change no weight', () => {
    fc.assert(
      fc.property(anyPaths, fc.integer({ min: 2, max: 1000 }), (paths, times) => {
        const more = paths.map((one) => ({
          ...one,
          conversions: one.conversions * times,
          nulls: one.nulls * times,
        }))
        expectClose(weightsOf(more), weightsOf(paths))
      }),
    )
  })

  test('neither the order of paths nor how they are split matters', () => {
    whatever((paths) => {
      const split = paths.flatMap((one) => [
        { ...one, nulls: 0, valueCents: one.conversions > 0 ? one.valueCents : 0 },
        { ...one, conversions: 0, valueCents: one.conversions > 0 ? 0 : one.valueCents },
      ])
      expect(markov(split.toReversed())).toEqual(markov(paths))
    })
  })

  test('the names of channels do not matter', () => {
    whatever((paths) => {
      const renamed: Record<string, string> = { A: 'z', B: 'y', C: 'x', D: 'w', E: 'v' }
      const others = paths.map((one) => ({ ...one, path: one.path.map((channel) => renamed[channel]!) }))
      const found = weightsOf(others)
      for (const [channel, weight] of Object.entries(weightsOf(paths)))
        expect(found[renamed[channel]!]).toBeCloseTo(weight, 9)
    })
  })
})

/** The probability to convert when everyone who would enter the channel is lost, by following people step by step. */
function rateWithout(paths: ChannelPath[], removed?: string): number {
  const { channels, starts, moves, conversions, nulls } = countTransitions(paths)
  const ends = moves.map((row, from) => sum(row) + conversions[from]! + nulls[from]!)
  let people = starts.map((count) => count / sum(starts))
  let converted = 0
  while (sum(people) > 1e-12) {
    const here = people.map((share, from) => (channels[from] === removed ? 0 : share / ends[from]!))
    converted += sum(here.map((share, from) => share * conversions[from]!))
    people = channels.map((_, to) => sum(here.map((share, from) => share * moves[from]![to]!)))
  }
  return converted
}
