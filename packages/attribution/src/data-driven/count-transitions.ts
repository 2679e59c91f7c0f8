/** Counts how people move between channels. */
import { type ChannelPath, isTaken } from './channel-path.ts'

/** People, counted by the step they took. Channels are known by their index. */
export interface TransitionCounts {
  /** In code-unit order, so that the order of paths changes nothing. */
  channels: string[]
  /** From the start to each channel. */
  starts: number[]
  /** From each channel to each channel; empty where no path goes that way. */
  moves: number[][]
  /** From each channel to a conversion. */
  conversions: number[]
  /** From each channel to the end without one. */
  nulls: number[]
  /** Of all paths. */
  valueCents: number
}

/** Reads every path once and keeps only counts, so that paths may come from a stream. */
export function countTransitions(paths: Iterable<ChannelPath>): TransitionCounts {
  const indexes = new Map<string, number>()
  const counts: TransitionCounts = {
    channels: [],
    starts: [],
    moves: [],
    conversions: [],
    nulls: [],
    valueCents: 0,
  }
  for (const one of paths) if (isTaken(one)) addPath(counts, indexes, one)
  return inOrder(counts)
}

function addPath(counts: TransitionCounts, indexes: Map<string, number>, { path, ...outcome }: ChannelPath) {
  const people = outcome.conversions + outcome.nulls
  let last = -1
  for (const channel of path) {
    const index = indexes.get(channel) ?? addChannel(counts, indexes, channel)
    const row = last < 0 ? counts.starts : counts.moves[last]!
    row[index] = (row[index] ?? 0) + people
    last = index
  }
  counts.conversions[last]! += outcome.conversions
  counts.nulls[last]! += outcome.nulls
  counts.valueCents += outcome.valueCents ?? 0
}

function addChannel(counts: TransitionCounts, indexes: Map<string, number>, channel: string): number {
  counts.channels.push(channel)
  counts.starts.push(0)
  counts.moves.push([])
  counts.conversions.push(0)
  counts.nulls.push(0)
  indexes.set(channel, indexes.size)
  return indexes.size - 1
}

function inOrder({ channels, moves, valueCents, ...counts }: TransitionCounts): TransitionCounts {
  const order = channels.map((_, index) => index).sort((a, b) => (channels[a]! < channels[b]! ? -1 : 1))
  const sorted = (row: number[]) => order.map((index) => row[index] ?? 0)
  return {
    channels: order.map((index) => channels[index]!),
    starts: sorted(counts.starts),
    moves: order.map((index) => sorted(moves[index]!)),
    conversions: sorted(counts.conversions),
    nulls: sorted(counts.nulls),
    valueCents,
  }
}
