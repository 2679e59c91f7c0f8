/** Credits channels by the conversions that would be lost without each of them: the Markov removal effect, order 1. */
import { allocateCents } from '../allocate-cents.ts'
import type { ChannelCredit, ChannelPath, InsufficientData } from './channel-path.ts'
import { countTransitions, type TransitionCounts } from './count-transitions.ts'
import { invertMatrix } from './invert-matrix.ts'

export interface MarkovCredit extends ChannelCredit {
  /** The share of conversions that would be lost without the channel, 0 to 1. */
  removalEffect: number
}

/** What is known of the channels once people have converted. */
export interface MarkovModel {
  status: 'solved'
  /** The probability that a person who starts converts. */
  conversionRate: number
  /** In code-unit order of their names. */
  channels: MarkovCredit[]
}

/** Counts must not be negative. Takes time with the number of steps, and with the cube of the number of channels. */
export function markov(paths: Iterable<ChannelPath>): MarkovModel | InsufficientData {
  const counts = countTransitions(paths)
  const conversions = sum(counts.conversions)
  if (conversions === 0) return { status: 'insufficient_data' }
  const { conversionRate, removalEffects } = solve(counts)
  const total = sum(removalEffects)
  const weights = removalEffects.map((effect) => effect / total)
  const cents = allocateCents(counts.valueCents, weights)
  const channels = counts.channels.map((channel, index) => ({
    channel,
    removalEffect: removalEffects[index]!,
    weight: weights[index]!,
    conversions: conversions * weights[index]!,
    valueCents: cents[index]!,
  }))
  return { status: 'solved', conversionRate, channels }
}

/**
 * Removing a channel sends everyone who would enter it to the end without a conversion. So the conversions lost are those of
 * people who enter it at all: the probability to reach it, times the probability to convert from there. One inverse gives
 * both for every channel; solving the chain once without each channel gives the same.
 */
function solve(counts: TransitionCounts) {
  const { steps, conversions, starts } = toProbabilities(counts)
  // How often a person who is in a channel (row) is in each channel (column) from then on.
  const visits = invertMatrix(steps.map((row, from) => row.map((step, to) => (from === to ? 1 : 0) - step)))
  const convertsFrom = visits.map((row) => dot(row, conversions))
  const conversionRate = dot(starts, convertsFrom)
  const removalEffects = visits.map((ofChannel, at) => {
    const visitsToChannel = visits.map((row) => row[at]!)
    const reaches = dot(starts, visitsToChannel) / ofChannel[at]! // returning to it is not reaching it again
    return Math.min(1, (reaches * convertsFrom[at]!) / conversionRate) // rounding may exceed 1
  })
  return { conversionRate, removalEffects }
}

/** Staying in a channel is no step: it delays what comes next, and changes no probability of it. */
function toProbabilities({ moves, starts, ...ends }: TransitionCounts) {
  const leaving = moves.map((row, from) => row.map((people, to) => (from === to ? 0 : people)))
  const totals = leaving.map((row, from) => sum(row) + ends.conversions[from]! + ends.nulls[from]!)
  const started = sum(starts)
  return {
    starts: starts.map((people) => people / started),
    steps: leaving.map((row, from) => row.map((people) => people / totals[from]!)),
    conversions: ends.conversions.map((people, from) => people / totals[from]!),
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, factor, index) => total + factor * b[index]!, 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
