/** Says what is wrong with a model that comes from outside. */
import { limits } from '@headwater/contract'
import { type ModelName, modelNames, type Parameter, parameterOf } from '../models.ts'
import { modelKey } from './model-key.ts'

/** A model before it is checked, for example from JSON. */
export interface ModelInput {
  name: string
  parameters?: Record<string, unknown>
  excludeDirect?: unknown
}

/** What is wrong with a model, and what to do about it; undefined for a valid `ModelSpec`. */
export function modelProblem({ name, parameters = {}, excludeDirect }: ModelInput): string | undefined {
  if (!isModelName(name)) return `Model ${show(name)} does not exist. Use one of ${modelNames.join(', ')}.`
  if (excludeDirect !== undefined && typeof excludeDirect !== 'boolean')
    return `Model ${name}: whether direct is excluded must be true or false, got ${show(excludeDirect)}. Correct it, or leave it out.`
  for (const [key, value] of Object.entries(parameters)) {
    const problem = parameterProblem(name, key, value)
    if (problem) return problem
  }
  return undefined
}

function isModelName(name: string): name is ModelName {
  return modelNames.some((known) => known === name)
}

function parameterProblem(name: ModelName, key: string, value: unknown): string | undefined {
  const parameter = parameterOf(name, key)
  if (!parameter) return `Model ${name} has no parameter ${show(key)}. Use ${modelKey(name)}.`
  const rule = brokenRule(parameter, value)
  return (
    rule && `Model ${name}: ${key} must be ${rule}, got ${show(value)}. Use for example ${modelKey(name)}.`
  )
}

function brokenRule(parameter: Parameter, value: unknown): string | undefined {
  if (!('min' in parameter))
    return isEventName(value) ? undefined : `the name of an event, 1 to ${limits.name} characters`
  const { min, max } = parameter
  const isInRange = typeof value === 'number' && value >= min && value <= max
  return isInRange ? undefined : `a number from ${min} to ${max}`
}

// Half of a surrogate pair has no UTF-8: the database could not store it.
function isEventName(value: unknown): boolean {
  return typeof value === 'string' && /^\P{Surrogate}+$/u.test(value) && value.length <= limits.name
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
