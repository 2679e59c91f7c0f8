/** Gives a conversion's credit to the touches that led to it. */
import { allocateCents } from './allocate-cents.ts'
import type { CreditTouch, Milestone } from './models/journey.ts'
import { modelKey } from './models/model-key.ts'
import { weigh } from './models/weigh.ts'
import { isFractional, type ModelChoice, models } from './models.ts'

export { allocateCents } from './allocate-cents.ts'
export type { CreditTouch, Milestone } from './models/journey.ts'
export { weigh, withoutDirect } from './models/weigh.ts'
export { isFractional, type ModelChoice, type ModelSpec, models } from './models.ts'

export interface CreditedEvent {
  /** Epoch ms. */
  at: number
  /** Minor units; null: no value. */
  valueCents: number | null
  /** Events of the same person that models may name. Default: none. */
  milestones?: readonly Milestone[]
}

export interface CreditOptions {
  /** How long before the conversion a touch still counts. */
  lookbackMs: number
  /** The model that decides `attributedTouchId` and `weights`. */
  defaultModel: ModelChoice
  /** The models that give credit. Default: `models`. */
  models?: readonly ModelChoice[]
}

export interface Credit {
  /** Its text, see `modelKey`. */
  model: string
  touchId: string
  weight: number
  /** Minor units; null when the conversion has no value. */
  valueCents: number | null
}

export interface CreditResult {
  /** The earliest touch of all, however long ago: it is a fact about the person, while the look-back belongs to the models. */
  firstTouchId: string | null
  lastNonDirectTouchId: string | null
  /** The touch with the largest weight under the default model, the latest of equals. */
  attributedTouchId: string | null
  /** By touch id, under the default model; empty without touches, because such a conversion stays unattributed. */
  weights: Record<string, number>
  /** Under each model that gives credit; a touch without weight has no entry. */
  credits: Credit[]
}

/** Credits a conversion to the touches of the same person. */
export function credit(
  conversion: CreditedEvent,
  touches: readonly CreditTouch[],
  options: CreditOptions,
): CreditResult {
  const eligible = eligibleTouches(touches, conversion.at, options.lookbackMs)
  const milestones = conversion.milestones?.filter(({ at }) => at <= conversion.at)
  const weights = weigh(options.defaultModel, eligible, milestones)
  return {
    firstTouchId: eligibleTouches(touches, conversion.at, Number.POSITIVE_INFINITY)[0]?.id ?? null,
    lastNonDirectTouchId: eligible.findLast((touch) => !touch.isDirect)?.id ?? null,
    attributedTouchId: heaviest(weights),
    weights: Object.fromEntries(weights),
    credits: (options.models ?? models).flatMap((model) =>
      creditsOf(model, weigh(model, eligible, milestones), conversion.valueCents),
    ),
  }
}

/** The touches that may earn credit: within the look-back, both ends included, in the order they happened. */
export function eligibleTouches(
  touches: readonly CreditTouch[],
  conversionAt: number,
  lookbackMs: number,
): CreditTouch[] {
  return touches
    .filter(({ at }) => at <= conversionAt && at >= conversionAt - lookbackMs)
    .sort((a, b) => a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0) || compareIds(a.id, b.id))
}

// As text '10' comes before '9', and beyond 2^53 a number is no longer exact: a longer decimal is the larger one.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

function heaviest(weights: Map<string, number>): string | null {
  let best: [id: string | null, weight: number] = [null, 0]
  for (const [id, weight] of weights) if (weight >= best[1]) best = [id, weight]
  return best[0]
}

function creditsOf(model: ModelChoice, weights: Map<string, number>, valueCents: number | null): Credit[] {
  const key = modelKey(model)
  const cents = valueCents === null ? [] : divideValue(model, valueCents, [...weights.values()])
  return [...weights].map(([touchId, weight], index) => ({
    model: key,
    touchId,
    weight,
    valueCents: cents[index] ?? null,
  }))
}

/** The value of each weight that a model gave, in minor units: a part of the total, or all of it for `participation`. */
export function divideValue(model: ModelChoice, total: number, weights: readonly number[]): number[] {
  return isFractional(model) ? allocateCents(total, weights) : weights.map(() => total)
}
