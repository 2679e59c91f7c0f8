/** Weighs the touches that led to a conversion. */
import { excludesDirect, isFractional, type ModelChoice, parametersOf, weigherOf } from '../models.ts'
import type { CreditTouch, Milestone } from './journey.ts'
import { dropUnlessAll } from './path-transforms.ts'

/**
 * The weight of each touch that has one, by id, in order; empty without touches. The weights sum to 1, except those of
 * `participation`: each is 1. Milestones must not be after the conversion.
 */
export function weigh(
  model: ModelChoice,
  eligible: readonly CreditTouch[],
  milestones: readonly Milestone[] = [],
): Map<string, number> {
  if (eligible.length === 0) return new Map()
  const touches = excludesDirect(model) ? withoutDirect(eligible) : eligible
  const shares = weigherOf(model)({ touches, milestones, parameters: parametersOf(model) })
  const weights = isFractional(model) ? toFractions(shares) : shares
  const entries = touches.map(({ id }, index): [string, number] => [id, weights[index] ?? 0])
  return new Map(entries.filter(([, weight]) => weight > 0))
}

/** The touches that are not direct; all of them when all are direct, because then direct earned the credit. */
export function withoutDirect(touches: readonly CreditTouch[]): readonly CreditTouch[] {
  return dropUnlessAll(touches, ({ isDirect }) => isDirect)
}

/** In proportion to the shares; when all are 0, in equal parts. */
function toFractions(shares: number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => (total > 0 ? share / total : 1 / shares.length))
}
