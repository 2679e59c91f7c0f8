/** Compares the data-driven models with the published vectors. */
import { hasVectors, readVectors as read } from '@headwater/testkit/published-vectors'
import { describe, expect, test } from 'vitest'
import type { ChannelPath } from './channel-path.ts'
import { countTransitions } from './count-transitions.ts'
import { markov } from './markov.ts'
import { shapley } from './shapley.ts'
import { shapleyOfPaths } from './shapley-of-paths.ts'

type Numbers = Record<string, number>

interface MarkovVector {
  id: string
  kind: 'markov_removal_effect'
  input_paths: ChannelPath[]
  expected: {
    p_conversion: number
    p_conversion_without: Numbers
    removal_effect: Numbers
    weights: Numbers | null
    attributed_conversions: Numbers
    transition_matrix: Record<string, Numbers>
  }
  tolerance: number
}

interface GameVector {
  id: string
  kind: 'shapley'
  players: string[]
  /** By the names of the members, joined with +. */
  coalition_values: Numbers
  expected: Numbers
  tolerance: number
}

interface PathGameVector extends Omit<GameVector, 'kind' | 'players' | 'coalition_values'> {
  kind: 'shapley_from_paths'
  input_paths: ChannelPath[]
}

type AnyVector = MarkovVector | GameVector | PathGameVector

function ofKind<Kind extends AnyVector['kind']>(kind: Kind) {
  const isOfKind = (vector: AnyVector): vector is Extract<AnyVector, { kind: Kind }> => vector.kind === kind
  return read<AnyVector>('markov-shapley').filter(isOfKind)
}

function expectClose(found: Numbers, expected: Numbers, tolerance: number) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, value] of Object.entries(expected))
    expect(Math.abs(found[name]! - value), name).toBeLessThanOrEqual(tolerance)
}

/** The shares of people by the step they take, without unused steps. */
function transitionMatrix(paths: ChannelPath[]): Record<string, Numbers> {
  const { channels, starts, moves, conversions, nulls } = countTransitions(paths)
  const toShares = (counts: Numbers): Numbers => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const taken = Object.entries(counts).filter(([, count]) => count > 0)
    return Object.fromEntries(taken.map(([name, count]) => [name, count / total]))
  }
  const named = (counts: number[]) =>
    Object.fromEntries(channels.map((channel, at) => [channel, counts[at]!]))
  const rows = channels.map((channel, from) => [
    channel,
    toShares({ ...named(moves[from]!), '(conversion)': conversions[from]!, '(null)': nulls[from]! }),
  ])
  return { '(start)': toShares(named(starts)), ...Object.fromEntries(rows) }
}

describe.skipIf(!hasVectors)('published vectors of data-driven models', () => {
  test.each(ofKind('markov_removal_effect'))('$id', ({ input_paths: paths, expected, tolerance }) => {
    const model = markov(paths)
    if (model.status !== 'solved') {
      expect(expected.weights).toBeNull()
      return
    }
    const { conversionRate, channels } = model
    const by = (figure: (one: (typeof channels)[number]) => number) =>
      Object.fromEntries(channels.map((one) => [one.channel, figure(one)]))
    expect(Math.abs(conversionRate - expected.p_conversion)).toBeLessThanOrEqual(tolerance)
    expectClose(
      by(({ removalEffect }) => removalEffect),
      expected.removal_effect,
      tolerance,
    )
    expectClose(
      by(({ removalEffect }) => conversionRate * (1 - removalEffect)),
      expected.p_conversion_without,
      tolerance,
    )
    expectClose(
      by(({ weight }) => weight),
      expected.weights ?? {},
      tolerance,
    )
    expectClose(
      by(({ conversions }) => conversions),
      expected.attributed_conversions,
      tolerance,
    )
    const matrix = transitionMatrix(paths)
    expect(Object.keys(matrix).sort()).toEqual(Object.keys(expected.transition_matrix).sort())
    for (const [from, row] of Object.entries(expected.transition_matrix))
      expectClose(matrix[from]!, row, tolerance)
  })

  test.each(ofKind('shapley'))('$id', ({ players, coalition_values: worths, expected, tolerance }) => {
    const result = shapley(players, (members) => worths[members.join('+')] ?? 0)
    expect(result.status).toBe('solved')
    if (result.status === 'solved') expectClose(Object.fromEntries(result.values), expected, tolerance)
  })

  test.each(ofKind('shapley_from_paths'))('$id', ({ input_paths: paths, expected, tolerance }) => {
    const result = shapleyOfPaths(paths)
    const channels = result.status === 'solved' ? result.channels : []
    const found = Object.fromEntries(channels.map(({ channel, conversions }) => [channel, conversions]))
    expectClose(found, expected, tolerance)
  })
})
