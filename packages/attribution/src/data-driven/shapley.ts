/** Credits channels by their Shapley value: what each adds to the others, averaged over every order of joining. */

/** 4 096 coalitions; every further player doubles them. */
export const maxPlayers = 12

export type ShapleyValues = { status: 'solved'; values: Map<string, number> } | { status: 'too_many_players' }

/**
 * The exact values of any game of at most `maxPlayers` players. `worthOf` gives the worth of a coalition, whose members come
 * in the order of `players`. The values sum to the worth of all players, less that of none.
 */
export function shapley(
  players: readonly string[],
  worthOf: (members: readonly string[]) => number,
): ShapleyValues {
  if (players.length > maxPlayers) return { status: 'too_many_players' }
  const worths = Array.from({ length: 2 ** players.length }, (_, coalition) =>
    worthOf(players.filter((_, player) => isMember(coalition, player))),
  )
  const chances = chancesBySize(players.length)
  const values = players.map((name, player): [string, number] => [
    name,
    meanAddition(player, worths, chances),
  ])
  return { status: 'solved', values: new Map(values) }
}

/** The mean of what a player adds to the coalitions without it. Bit n of a coalition says whether player n is a member. */
function meanAddition(player: number, worths: readonly number[], chances: readonly number[]): number {
  let value = 0
  for (const [coalition, worth] of worths.entries()) {
    if (isMember(coalition, player)) continue
    value += chances[sizeOf(coalition)]! * (worths[coalition | (1 << player)]! - worth)
  }
  return value
}

/** How likely a player finds exactly one coalition before it, by the size of that coalition: 1 in n · C(n − 1, size). */
function chancesBySize(players: number): number[] {
  const chances = [1 / players]
  for (let size = 1; size < players; size++) chances.push((chances[size - 1]! * size) / (players - size))
  return chances
}

function isMember(coalition: number, player: number): boolean {
  return ((coalition >> player) & 1) === 1
}

function sizeOf(coalition: number): number {
  return coalition === 0 ? 0 : (coalition & 1) + sizeOf(coalition >> 1)
}
