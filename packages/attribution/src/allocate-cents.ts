/** Divides an amount of money by weights, to the cent. */

// Doubles between 0 and 1 carry 53 bits: as integers of this unit they lose nothing that a cent could notice.
const unitsOfWeight = 2 ** 53

/**
 * Divides `total` minor units (an integer, up to 2^53 either way) by the largest remainder, ties to the earliest. The
 * parts always sum to the total exactly; a refund is the mirror image of its purchase. Weights count in proportion; when
 * all are 0, in equal parts. Without weights there are no parts.
 */
export function allocateCents(total: number, weights: readonly number[]): number[] {
  const units = weights.map((weight) => BigInt(Math.round(weight * unitsOfWeight)))
  const sum = units.reduce((a, b) => a + b, 0n)
  if (sum === 0n)
    return weights.length === 0
      ? []
      : allocateCents(
          total,
          weights.map(() => 1),
        )

  const amount = BigInt(Math.abs(total))
  const parts = units.map((unit) => (amount * unit) / sum)
  const left = amount - parts.reduce((a, b) => a + b, 0n)
  for (const index of largestRemainders(
    units.map((unit) => (amount * unit) % sum),
    Number(left),
  ))
    parts[index]! += 1n
  return parts.map((part) => Number(total < 0 ? -part : part))
}

function largestRemainders(remainders: bigint[], count: number): number[] {
  return remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
    .slice(0, count)
    .map(({ index }) => index)
}
