/** Credits channels by the Shapley values of the game that paths make, for any number of channels. */
import { type ChannelCredit, type ChannelPath, type InsufficientData, isTaken } from './channel-path.ts'

export interface ShapleyModel {
  status: 'solved'
  /** In code-unit order of their names. */
  channels: ChannelCredit[]
}

/**
 * A coalition of channels is worth the conversions of all paths that need no other channel. The Shapley values of that game
 * have a closed form: each path is divided equally among its distinct channels. Order, repeats and nulls do not matter.
 */
export function shapleyOfPaths(paths: Iterable<ChannelPath>): ShapleyModel | InsufficientData {
  const takings = takingsByChannel(paths)
  const channels = [...takings.keys()].sort()
  const conversions = channels.map((channel) => divide(takings.get(channel)!.conversions))
  const cents = roundTogether(channels.map((channel) => divide(takings.get(channel)!.valueCents)))
  const total = conversions.reduce((sum, share) => sum + share, 0)
  if (total === 0) return { status: 'insufficient_data' }
  return {
    status: 'solved',
    channels: channels.map((channel, index) => ({
      channel,
      weight: conversions[index]! / total,
      conversions: conversions[index]!,
      valueCents: cents[index]!,
    })),
  }
}

/** What paths with a channel brought, by their number of distinct channels: whole numbers, whose sums have no rounding. */
interface Takings {
  conversions: number[]
  valueCents: number[]
}

function takingsByChannel(paths: Iterable<ChannelPath>): Map<string, Takings> {
  const takings = new Map<string, Takings>()
  for (const one of paths) {
    if (!isTaken(one)) continue
    const distinct = new Set(one.path)
    for (const channel of distinct) {
      const known = takings.get(channel) ?? { conversions: [], valueCents: [] }
      known.conversions[distinct.size] = (known.conversions[distinct.size] ?? 0) + one.conversions
      known.valueCents[distinct.size] = (known.valueCents[distinct.size] ?? 0) + (one.valueCents ?? 0)
      takings.set(channel, known)
    }
  }
  return takings
}

/** Divides each amount by its index, the number of channels that share it. */
function divide(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount, channels) => sum + amount / channels, 0)
}

/** Rounds parts of a whole number to whole numbers with the same sum: those with the largest fractions are rounded up. */
function roundTogether(parts: readonly number[]): number[] {
  const rounded = parts.map(Math.floor)
  const left = Math.round(parts.reduce((sum, part, index) => sum + part - rounded[index]!, 0))
  const byFraction = parts.map((part, index) => ({ index, fraction: part - Math.floor(part) }))
  byFraction.sort((a, b) => b.fraction - a.fraction)
  for (const { index } of byFraction.slice(0, left)) rounded[index]! += 1
  return rounded
}
