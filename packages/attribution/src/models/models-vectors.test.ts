/** Compares the attribution models with the published vectors. */
import { hasVectors, readVectors as read, type Vector } from '@headwater/testkit/published-vectors'
import { describe, expect, test } from 'vitest'
import { allocateCents, eligibleTouches } from '../credit.ts'
import { type ModelName, type ModelSpec, modelNames } from '../models.ts'
import type { CreditTouch, ModelParameters } from './journey.ts'
import { collapseRepeats, dropTrailing, dropUnlessAll, firstOfEach, latest } from './path-transforms.ts'
import { weigh } from './weigh.ts'

interface ModelInput {
  conversion: { at: string; value?: number }
  touches: VectorTouch[]
  model: string
  params?: ModelParameters
  options?: {
    lookback_seconds?: number
    exclude_direct?: boolean
    dedupe?: 'session' | 'consecutive_channel'
    max_touches?: number
  }
}

interface VectorTouch {
  id: string
  at: string
  channel: string
  seq?: number
}

interface ModelOutput {
  weights: Record<string, number>
  credit_by_channel?: Record<string, number>
}

interface ModelVector extends Vector<ModelInput, ModelOutput> {
  tolerance: number
  published_credit?: Record<string, number>
  published_credit_tolerance?: number
}

/** Names that the vectors have for our models, besides ours. */
const otherNames: Record<string, ModelName> = {
  first_touch: 'first',
  last_touch: 'last',
  u_shaped: 'position_based',
  j_curve: 'j_shaped',
  u_shaped_hubspot: 'u_shaped_lead',
}

function modelOf(name: string, parameters?: ModelParameters, excludeDirect?: boolean): ModelSpec {
  const ours = otherNames[name] ?? modelNames.find((known) => known === name)
  if (!ours)
    throw new Error(`The vectors ask for the model ${name}, which is not ours. Add it or an exception.`)
  return { name: ours, parameters, excludeDirect }
}

interface Step extends CreditTouch {
  channel: string
}

function stepsOf({ touches, conversion, options = {} }: ModelInput): readonly Step[] {
  const lookbackMs = (options.lookback_seconds ?? Number.POSITIVE_INFINITY) * 1000
  const steps = touches.map((touch): Step => {
    return { ...touch, at: Date.parse(touch.at), isDirect: touch.channel === 'direct' }
  })
  const ids = eligibleTouches(steps, Date.parse(conversion.at), lookbackMs).map(({ id }) => id)
  const path = ids.map((id) => steps.find((step) => step.id === id)!)
  const collapsed =
    options.dedupe === 'consecutive_channel' ? collapseRepeats(path, ({ channel }) => channel) : path
  return latest(collapsed, options.max_touches ?? collapsed.length)
}

function expectClose(found: Record<string, number>, expected: Record<string, number>, tolerance: number) {
  for (const [name, value] of Object.entries(expected))
    expect(Math.abs((found[name] ?? 0) - value), name).toBeLessThanOrEqual(tolerance)
}

function byChannel(steps: readonly Step[], weights: Map<string, number>, value: number) {
  const totals: Record<string, number> = {}
  for (const { id, channel } of steps)
    totals[channel] = (totals[channel] ?? 0) + value * (weights.get(id) ?? 0)
  return totals
}

describe.skipIf(!hasVectors)('published vectors of models', () => {
  test.each(read<ModelVector>('attribution-models'))('$id', ({ input, expected, ...vector }) => {
    const { model, params, options, conversion } = input
    const steps = stepsOf(input)
    const weights = weigh(modelOf(model, params, options?.exclude_direct), steps)
    expectClose(Object.fromEntries(weights), expected.weights, vector.tolerance)
    expect([...weights.keys()].every((id) => id in expected.weights)).toBe(true)
    const credits = byChannel(steps, weights, conversion.value ?? 0)
    expectClose(credits, expected.credit_by_channel ?? {}, vector.tolerance)
    expectClose(credits, vector.published_credit ?? {}, vector.published_credit_tolerance ?? 0)
  })

  interface RoleVector {
    id: string
    model: string
    input: { touches: string[] }
    expected: number[]
  }

  test.each(read<RoleVector>('attribution-models', 'role_based'))('$id', ({ model, input, expected }) => {
    const touches = input.touches.map((_, index) => ({ id: String(index), at: index, isDirect: false }))
    const milestones = input.touches
      .map((role, at) => ({ name: role.replace('_creation', '_created'), at }))
      .filter(({ name }) => name.endsWith('_created'))
    const weights = weigh(modelOf(model), touches, milestones)
    expectClose(Object.fromEntries(weights), Object.fromEntries(expected.entries()), 1e-9)
  })

  const isDirect = (step: string) => step === 'Direct'
  const itself = (step: string) => step
  const transforms: Record<string, (path: readonly string[]) => readonly string[]> = {
    trim1: (path) => latest(path, 1),
    trim2: (path) => latest(path, 2),
    exposure: (path) => collapseRepeats(path, itself),
    first: (path) => firstOfEach(path, itself),
    remove_if_not_all: (path) => dropUnlessAll(path, isDirect),
    remove_if_last_and_not_all: (path) => dropTrailing(path, isDirect),
  }

  test.each(
    read<Vector<{ path: string[] }, Record<string, string[]>>>('attribution-models', 'path_transforms'),
  )('$id', ({ input, expected }) => {
    const names = Object.keys(expected)
    const found = Object.fromEntries(names.map((name) => [name, transforms[name]?.(input.path)]))
    expect(found).toEqual(expected)
  })

  test.each(
    read<Vector<{ value_minor: number; weights: number[] }, number[]>>(
      'attribution-models',
      'money_rounding.vectors',
    ),
  )('$id', ({ input, expected }) => expect(allocateCents(input.value_minor, input.weights)).toEqual(expected))
})
