/** States the axioms of the Shapley value, for games in general and for the game of paths. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChannelPath } from './channel-path.ts'
import { maxPlayers, shapley } from './shapley.ts'
import { shapleyOfPaths } from './shapley-of-paths.ts'

type Worth = (members: readonly string[]) => number

function valuesOf(players: readonly string[], worthOf: Worth): Record<string, number> {
  const result = shapley(players, worthOf)
  if (result.status !== 'solved') throw new Error('There are too many players.')
  return Object.fromEntries(result.values)
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const names = (count: number) => Array.from({ length: count }, (_, index) => `channel ${index}`)

function expectClose(found: Record<string, number>, expected: Record<string, number>) {
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 6)
}

/** Up to five players, with any worth for each coalition. */
const anyGame = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc
    .array(fc.integer({ min: -100, max: 100 }), { minLength: 2 ** count, maxLength: 2 ** count })
    .map((worths) => {
      const players = names(count)
      const worthOf: Worth = (members) => worths[sum(members.map((name) => 2 ** players.indexOf(name)))]!
      return { players, worthOf }
    }),
)

describe('the Shapley value', () => {
  test('of the glove game: the only right glove is worth two thirds', () => {
    const pairs: Worth = (members) => (members.includes('right') && members.length > 1 ? 1 : 0)
    expectClose(valuesOf(['left1', 'left2', 'right'], pairs), { left1: 1 / 6, left2: 1 / 6, right: 2 / 3 })
  })

  test('of one player is what it adds to none', () => {
    expect(valuesOf(['A'], (members) => 2 + members.length)).toEqual({ A: 1 })
  })

  test('of nobody is empty', () => {
    expect(valuesOf([], () => 1)).toEqual({})
  })

  test('is exact up to 12 players, and refused beyond', () => {
    const squares: Worth = (members) => members.length ** 2
    const values = valuesOf(names(maxPlayers), squares)
    for (const value of Object.values(values)) expect(value).toBeCloseTo(12, 9)
    expect(shapley(names(maxPlayers + 1), squares)).toEqual({ status: 'too_many_players' })
  })

  test('efficiency: the values sum to what all players add to none', () => {
    fc.assert(
      fc.property(anyGame, ({ players, worthOf }) => {
        expect(sum(Object.values(valuesOf(players, worthOf)))).toBeCloseTo(worthOf(players) - worthOf([]), 9)
      }),
    )
  })

  test('symmetry: players that can replace each other have equal values', () => {
    fc.assert(
      fc.property(anyGame, ({ players, worthOf }) => {
        const [twin, other] = ['twin', 'other twin']
        // The worth depends on how many twins there are, not on which.
        const withTwins: Worth = (members) => {
          const others = members.filter((name) => name !== twin && name !== other)
          return worthOf(others) * (1 + members.length - others.length)
        }
        const values = valuesOf([...players.slice(0, 3), twin, other], withTwins)
        expect(values[twin]).toBeCloseTo(values[other]!, 9)
      }),
    )
  })

  test('dummy: a player that adds nothing to any coalition has the value 0, and changes no other', () => {
    fc.assert(
      fc.property(anyGame, ({ players, worthOf }) => {
        const withDummy: Worth = (members) => worthOf(members.filter((name) => name !== 'dummy'))
        expectClose(valuesOf([...players, 'dummy'], withDummy), { ...valuesOf(players, worthOf), dummy: 0 })
      }),
    )
  })

  test('additivity: the values of two games add', () => {
    fc.assert(
      fc.property(anyGame, fc.integer({ min: -5, max: 5 }), ({ players, worthOf }, factor) => {
        const second: Worth = (members) => factor * members.length ** 2
        const both = valuesOf(players, (members) => worthOf(members) + second(members))
        const [one, two] = [valuesOf(players, worthOf), valuesOf(players, second)]
        expectClose(both, Object.fromEntries(players.map((name) => [name, one[name]! + two[name]!])))
      }),
    )
  })
})

describe('the game of paths', () => {
  const path = (text: string, conversions: number, nulls = 0, valueCents = 0): ChannelPath => ({
    path: text === '' ? [] : text.split('>'),
    conversions,
    nulls,
    valueCents,
  })
  const credits = (paths: Iterable<ChannelPath>) => {
    const result = shapleyOfPaths(paths)
    return result.status === 'solved' ? result.channels : []
  }
  const conversionsOf = (paths: Iterable<ChannelPath>) =>
    Object.fromEntries(credits(paths).map(({ channel, conversions }) => [channel, conversions]))

  const anyPath = fc.record({
    path: fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 8 }),
    conversions: fc.integer({ min: 1, max: 50 }),
    nulls: fc.nat(50),
    valueCents: fc.integer({ min: -1000, max: 100_000 }),
  })
  const anyPaths = fc.array(anyPath, { minLength: 1, maxLength: 30 })

  test('divides each path equally among its distinct channels', () => {
    expect(conversionsOf([path('A', 10), path('A>B>A', 6), path('C>A>B', 9), path('C', 3, 100)])).toEqual({
      A: 16,
      B: 6,
      C: 6,
    })
  })

  test('gives what trying every coalition gives', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const players = [...new Set(paths.flatMap((one) => one.path))].sort()
        const within: Worth = (members) =>
          sum(
            paths
              .filter((one) => one.path.every((name) => members.includes(name)))
              .map((one) => one.conversions),
          )
        expectClose(conversionsOf(paths), valuesOf(players, within))
      }),
    )
  })

  test('weights sum to 1, and no cent is lost, even if refunds outweigh the sales of a path', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        expect(sum(credits(paths).map(({ weight }) => weight))).toBeCloseTo(1, 9)
        expect(sum(credits(paths).map((one) => one.valueCents))).toBe(sum(paths.map((one) => one.valueCents)))
      }),
    )
  })

  test('no channel is more than a cent from its exact share', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const asConversions = paths.map((one) => ({ ...one, conversions: one.valueCents ** 2 + 1 }))
        const asCents = asConversions.map((one) => ({ ...one, valueCents: one.conversions }))
        for (const { conversions, valueCents } of credits(asCents))
          expect(Math.abs(conversions - valueCents)).toBeLessThan(1)
      }),
    )
  })

  test('neither the order of paths nor how they are split matters', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const single = paths.flatMap((one) => [
          { ...one, conversions: 1, nulls: 0 },
          { ...one, conversions: one.conversions - 1, nulls: 1, valueCents: 0 },
        ])
        expect(shapleyOfPaths(single.toReversed())).toEqual(shapleyOfPaths(paths))
      }),
    )
  })

  test('more channels than a game may have players are solved', () => {
    const channels = names(100)
    const [first] = credits([{ path: channels, conversions: 50, nulls: 0 }])
    expect(first).toEqual({ channel: 'channel 0', weight: 0.01, conversions: 0.5, valueCents: 0 })
  })

  test.each([
    ['no path', []],
    ['no conversion', [path('A', 0, 3)]],
    ['no channel', [path('', 3)]],
  ])('%s is insufficient', (_, paths) => {
    expect(shapleyOfPaths(paths)).toEqual({ status: 'insufficient_data' })
  })
})
