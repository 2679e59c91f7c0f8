/** States how models are written as text, read, and refused. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ModelSpec, modelNames, parametersOf } from '../models.ts'
import { modelKey } from './model-key.ts'
import { type ModelInput, modelProblem } from './model-problem.ts'
import { parseModel } from './parse-model.ts'

describe('the text of a model', () => {
  test.each([
    ['linear', 'linear'],
    ['time_decay', 'time_decay:half_life_days=7'],
    [{ name: 'time_decay', parameters: { half_life_days: 0.5 } }, 'time_decay:half_life_days=0.5'],
    [{ name: 'custom', parameters: { last: 1, first: 2 } }, 'custom:first=2,middle=20,last=1'],
    ['w_shaped', 'w_shaped:lead_event=lead_created,deal_event=deal_created'],
    [
      { name: 'u_shaped_lead', parameters: { lead_event: 'Sign up, step 1: 50 %' } },
      'u_shaped_lead:lead_event=Sign%20up%2C%20step%201%3A%2050%20%25',
    ],
    [{ name: 'linear', excludeDirect: true }, 'linear:exclude_direct=true'],
    [{ name: 'linear', excludeDirect: false }, 'linear'],
    [{ name: 'last_non_direct', excludeDirect: true }, 'last_non_direct'],
    [{ name: 'last_paid', excludeDirect: false }, 'last_paid:exclude_direct=false'],
    [
      { name: 'time_decay', parameters: { half_life_days: 14 }, excludeDirect: true },
      'time_decay:half_life_days=14,exclude_direct=true',
    ],
  ] as const)('of %j', (model, text) => {
    expect(modelKey(model)).toBe(text)
  })

  test.each([
    ['linear', { name: 'linear' }],
    ['time_decay', { name: 'time_decay' }],
    ['time_decay:half_life_days=14', { name: 'time_decay', parameters: { half_life_days: 14 } }],
    ['custom:last=60,first=40', { name: 'custom', parameters: { first: 40, last: 60 } }],
    ['linear:exclude_direct=true', { name: 'linear', excludeDirect: true }],
    ['u_shaped_lead:lead_event=7', { name: 'u_shaped_lead', parameters: { lead_event: '7' } }],
    ['u_shaped_lead:lead_event=a=b', { name: 'u_shaped_lead', parameters: { lead_event: 'a=b' } }],
  ])('%s is read', (text, model) => {
    expect(parseModel(text)).toEqual({ model })
  })

  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  const event = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const parameters: Partial<Record<string, fc.Arbitrary<ModelSpec['parameters']>>> = {
    time_decay: fc.record({ half_life_days: number(0.001, 3_650) }, { requiredKeys: [] }),
    custom: fc.record(
      { first: number(0, 100), middle: number(0, 100), last: number(0, 100) },
      { requiredKeys: [] },
    ),
    u_shaped_lead: fc.record({ lead_event: event }),
    w_shaped: fc.record({ lead_event: event, deal_event: event }, { requiredKeys: [] }),
    full_path: fc.record({ lead_event: event, deal_event: event }, { requiredKeys: [] }),
  }

  test.each(modelNames)('of %s is read as the same model', (name) => {
    const anyModel = fc.record({
      name: fc.constant(name),
      parameters: parameters[name] ?? fc.constant(undefined),
      excludeDirect: fc.option(fc.boolean(), { nil: undefined }),
    })
    fc.assert(
      fc.property(anyModel, (model) => {
        const text = modelKey(model)
        const parsed = parseModel(text)
        if ('problem' in parsed) throw new Error(parsed.problem)
        expect(modelKey(parsed.model)).toBe(text)
        expect(parametersOf(parsed.model)).toEqual(parametersOf(model))
      }),
    )
  })
})

describe('a model is refused', () => {
  test.each([
    ['', 'Model "" does not exist. Use one of first, last, last_non_direct,'],
    ['Linear', 'Model "Linear" does not exist.'],
    ['toString', 'Model "toString" does not exist.'],
    ['linear:half_life_days=7', 'Model linear has no parameter "half_life_days". Use linear.'],
    ['time_decay:constructor=7', 'Model time_decay has no parameter "constructor".'],
    ['time_decay:__proto__=7', 'Model time_decay has no parameter "__proto__".'],
    [
      'time_decay:half_life_days=0',
      'Model time_decay: half_life_days must be a number from 0.001 to 3650, got 0. Use for example time_decay:half_life_days=7.',
    ],
    ['time_decay:half_life_days=week', 'must be a number from 0.001 to 3650, got "week".'],
    ['time_decay:half_life_days=%20', 'must be a number from 0.001 to 3650, got " ".'],
    ['time_decay:half_life_days=Infinity', 'must be a number from 0.001 to 3650, got Infinity.'],
    ['custom:first=-1', 'Model custom: first must be a number from 0 to 100, got -1.'],
    [`w_shaped:lead_event=${'x'.repeat(201)}`, 'must be the name of an event, 1 to 200 characters'],
    ['linear:exclude_direct=yes', 'whether direct is excluded must be true or false, got "yes".'],
    ['time_decay:', 'Model "time_decay:" cannot be read: "" is not one setting, named once. Write '],
    ['time_decay:half_life_days', '"half_life_days" is not one setting'],
    ['time_decay:half_life_days=', '"half_life_days=" is not one setting'],
    ['time_decay:=7', '"=7" is not one setting'],
    ['custom:first=1,first=2', '"first=2" is not one setting'],
    ['w_shaped:lead_event=%E0', '"lead_event=%E0" is not one setting'],
  ])('%j', (text, problem) => {
    expect(parseModel(text)).toEqual({ problem: expect.stringContaining(problem) })
  })

  test.each<[ModelInput, string]>([
    [{ name: 'time_decay', parameters: { half_life_days: '7' } }, 'got "7"'],
    [{ name: 'time_decay', parameters: { half_life_days: Number.NaN } }, 'got NaN'],
    [{ name: 'time_decay', parameters: { half_life_days: null } }, 'got null'],
    [{ name: 'w_shaped', parameters: { deal_event: '' } }, 'got ""'],
    [{ name: 'w_shaped', parameters: { deal_event: '\ud800' } }, 'must be the name of an event'],
    [{ name: 'linear', excludeDirect: 1 }, 'must be true or false, got 1'],
  ])('%j', (model, problem) => {
    expect(modelProblem(model)).toContain(problem)
  })
})

test.each(modelNames)('%s is valid without parameters', (name) => {
  expect(modelProblem({ name })).toBeUndefined()
})
