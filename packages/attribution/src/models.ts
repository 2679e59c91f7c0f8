/** Holds the attribution models, each an entry in one table. */
import type { Journey, ModelParameters, Weigher } from './models/journey.ts'
import { firstOfEach } from './models/path-transforms.ts'
import { byMilestones, byPosition } from './models/roles.ts'
import { first, firstPaid, last, lastPaid } from './models/single-touch.ts'
import { byAge } from './models/time-decay.ts'

/** The default of a parameter; of a number also the least and the greatest value. */
export type Parameter = { default: number; min: number; max: number } | { default: string }

/** Never changes its weights: a model that gives others gets another name, so that stored credit says how it was computed. */
interface Definition {
  weigh: Weigher
  /** Default: none. */
  parameters?: Record<string, Parameter>
  /** Whether direct touches are removed before weighing, where the spec does not say. Default false. */
  excludesDirect?: boolean
  /** False: a touch earns all or nothing, whatever others earn, and the weights do not sum to 1. Default true. */
  isFractional?: boolean
}

const percent = (value: number): Parameter => ({ default: value, min: 0, max: 100 })
// 3 650 days: the longest look-back. 0.001 days: 86 seconds, below which only the latest touch would count.
const halfLife: Parameter = { default: 7, min: 0.001, max: 3_650 }
const lead: Parameter = { default: 'lead_created' }
const deal: Parameter = { default: 'deal_created' }

const definitions = {
  first: { weigh: first },
  last: { weigh: last },
  last_non_direct: { weigh: last, excludesDirect: true },
  // Without a paid touch these two fall back to touches that are not direct, as Google's paid last click does.
  first_paid: { weigh: firstPaid, excludesDirect: true },
  last_paid: { weigh: lastPaid, excludesDirect: true },
  linear: { weigh: ({ touches }) => touches.map(() => 1) },
  time_decay: { weigh: byAge, parameters: { half_life_days: halfLife } },
  position_based: { weigh: byPosition({ first: 40, middle: 20, last: 40 }) },
  j_shaped: { weigh: byPosition({ first: 20, middle: 20, last: 60 }) },
  inverse_j: { weigh: byPosition({ first: 60, middle: 20, last: 20 }) },
  custom: {
    weigh: byChosenPosition,
    parameters: { first: percent(40), middle: percent(20), last: percent(40) },
  },
  u_shaped_lead: {
    weigh: byMilestones({ first: 40, lead: 40, rest: 20 }),
    parameters: { lead_event: lead },
  },
  w_shaped: {
    weigh: byMilestones({ first: 30, lead: 30, deal: 30, rest: 10 }),
    parameters: { lead_event: lead, deal_event: deal },
  },
  full_path: {
    weigh: byMilestones({ first: 22.5, lead: 22.5, deal: 22.5, last: 22.5, rest: 10 }),
    parameters: { lead_event: lead, deal_event: deal },
  },
  participation: { weigh: eachItem, isFractional: false },
} satisfies Record<string, Definition>

export type ModelName = keyof typeof definitions

/** Every model there is. */
export const modelNames = Object.keys(definitions) as ModelName[] // Object.keys forgets the type of the keys

// Built once, because every conversion asks for them. Object.fromEntries forgets the type of the keys.
const defaultParameters = Object.fromEntries(modelNames.map((name) => [name, defaultsOf(name)])) as Record<
  ModelName,
  ModelParameters
>

/**
 * The models that give credit unless a website chooses others. Credit takes a row for each model and touch with a share: one for
 * a model of one touch, as many as there are touches for the others. So only one of those is among them.
 */
export const models: ModelName[] = ['first', 'last', 'last_non_direct', 'linear']

/** A model as a website configures it. `modelProblem` says whether one is valid. */
export interface ModelSpec {
  name: ModelName
  /** Those left out have their defaults. */
  parameters?: ModelParameters
  /** Whether direct touches are removed before weighing. Default: true for `last_non_direct` and the paid models. */
  excludeDirect?: boolean
}

/** A model; a name alone stands for the model with its defaults. */
export type ModelChoice = ModelName | ModelSpec

/** Gives shares by the rule of a model. */
export function weigherOf(model: ModelChoice): Weigher {
  return definitionOf(nameOf(model)).weigh
}

/** The name without parameters. */
export function nameOf(model: ModelChoice): ModelName {
  return typeof model === 'string' ? model : model.name
}

/** Whether direct touches are removed before weighing. */
export function excludesDirect(model: ModelChoice): boolean {
  const chosen = typeof model === 'string' ? undefined : model.excludeDirect
  return chosen ?? excludesDirectByDefault(nameOf(model))
}

/** Whether a model removes them when its spec does not say. */
export function excludesDirectByDefault(name: ModelName): boolean {
  return definitionOf(name).excludesDirect ?? false
}

/** Whether the touches share the value of a conversion; otherwise each gets all of it. */
export function isFractional(model: ModelChoice): boolean {
  return definitionOf(nameOf(model)).isFractional ?? true
}

/** A parameter of a model, if there are such a model and such a parameter. */
export function parameterOf(name: string, key: string): Parameter | undefined {
  const model = modelNames.find((known) => known === name)
  const parameters = (model && definitionOf(model).parameters) ?? {}
  return Object.hasOwn(parameters, key) ? parameters[key] : undefined // a key may be `constructor`
}

/** The parameters of a model, those left out with their defaults, in the order of the table. */
export function parametersOf(model: ModelChoice): ModelParameters {
  const defaults = defaultParameters[nameOf(model)]
  if (typeof model === 'string' || !model.parameters) return defaults
  const chosen = model.parameters
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, chosen[key] ?? value]))
}

function defaultsOf(name: ModelName): ModelParameters {
  const parameters = Object.entries(definitionOf(name).parameters ?? {})
  return Object.fromEntries(parameters.map(([key, parameter]) => [key, parameter.default]))
}

function definitionOf(name: ModelName): Definition {
  return definitions[name]
}

function byChosenPosition(journey: Journey): number[] {
  const { first, middle, last } = journey.parameters
  return byPosition({ first: Number(first), middle: Number(middle), last: Number(last) })(journey)
}

function eachItem({ touches }: Journey): number[] {
  const counted = new Set(firstOfEach(touches, (touch) => touch.item ?? touch))
  return touches.map((touch) => (counted.has(touch) ? 1 : 0))
}
