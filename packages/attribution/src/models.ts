/** Holds the attribution models, each an entry in one table. */

/** A touch as far as credit cares. */
export interface CreditTouch {
  /** A decimal number, as the database counts them. */
  id: string
  /** Epoch ms. */
  at: number
  isDirect: boolean
  /** Order among touches of the same instant; default 0. */
  seq?: number
}

export type Model = 'first' | 'last' | 'last_non_direct' | 'linear'

/** Takes at least one touch, in the order they happened; returns their shares in any unit. */
type Weigher = (touches: readonly CreditTouch[]) => number[]

const weighers: Record<Model, Weigher> = {
  first: (touches) => onlyAt(touches, 0),
  last: (touches) => onlyAt(touches, touches.length - 1),
  last_non_direct: (touches) => onlyAt(touches, touches.lastIndexOf(withoutDirect(touches).at(-1)!)),
  linear: (touches) => touches.map(() => 1),
}

/** Every model there is. */
export const models = Object.keys(weighers) as Model[] // Object.keys forgets the type of the keys

/** The weight of each touch that has one, by id, in order; the weights sum to 1. Empty without touches. */
export function weigh(model: Model, eligible: readonly CreditTouch[]): Map<string, number> {
  if (eligible.length === 0) return new Map()
  const shares = weighers[model](eligible)
  const total = shares.reduce((sum, share) => sum + share, 0)
  const weights = eligible.map((touch, index): [string, number] => [touch.id, (shares[index] ?? 0) / total])
  return new Map(weights.filter(([, weight]) => weight > 0))
}

/** The touches that are not direct; all of them when all are direct, because then direct earned the credit. */
export function withoutDirect(touches: readonly CreditTouch[]): readonly CreditTouch[] {
  const others = touches.filter((touch) => !touch.isDirect)
  return others.length > 0 ? others : touches
}

function onlyAt(touches: readonly CreditTouch[], index: number): number[] {
  return touches.map((_, at) => (at === index ? 1 : 0))
}
