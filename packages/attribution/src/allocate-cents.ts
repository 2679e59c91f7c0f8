/** Divides an amount of money by weights, to the cent. */

// Doubles between 0 and 1 have 53 bits: as integers of this unit they lose less than a cent could show.
const unitsOfWeight = 2 ** 53

/**
 * Divides `total` minor units (an integer, up to 2^53 either way) by the largest remainder, ties to the earliest. The
 * parts always sum to the total exactly; a refund is the mirror image of its purchase. Weights count in proportion; when
 * all are 0, in equal parts. Without weights there are no parts.
 */
export function allocateCents(total: number, weights: readonly number[]): number[] {
  if (weights.length <= 1) return weights.map(() => total) // half of the models give all to one touch
  const units = toUnits(weights)
  const sum = addUp(units)
  const amount = BigInt(Math.abs(total))
  const parts = units.map((unit) => (amount * unit) / sum)
  const remainders = units.map((unit) => (amount * unit) % sum)
  const left = Number(amount - addUp(parts))
  for (const index of largest(remainders).slice(0, left)) parts[index]! += 1n
  return parts.map((part) => Number(total < 0 ? -part : part))
}

function toUnits(weights: readonly number[]): bigint[] {
  const units = weights.map((weight) => BigInt(Math.round(weight * unitsOfWeight)))
  return units.some((unit) => unit > 0n) ? units : units.map(() => 1n)
}

function addUp(amounts: bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

/** The indexes of the amounts, the largest first, the earlier of equals first. */
function largest(amounts: bigint[]): number[] {
  return amounts
    .map((amount, index) => ({ amount, index }))
    .sort((a, b) => (a.amount === b.amount ? a.index - b.index : a.amount > b.amount ? -1 : 1))
    .map(({ index }) => index)
}
