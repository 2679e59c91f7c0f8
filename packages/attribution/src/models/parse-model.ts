/** Reads a model from the text that `modelKey` writes. */
import { type ModelSpec, parameterOf } from '../models.ts'
import { directSetting } from './model-key.ts'
import { modelProblem } from './model-problem.ts'

/** A valid model, or what is wrong with the text and what to do about it. */
export type ParsedModel = { model: ModelSpec } | { problem: string }

/** Parameters may be left out, and may come in any order. */
export function parseModel(text: string): ParsedModel {
  const [name, rest] = splitOnce(text, ':')
  const settings = new Map<string, unknown>()
  for (const setting of rest?.split(',') ?? []) {
    const [key, written] = splitOnce(setting, '=')
    const value = written && readValue(name, key, written)
    if (!key || value === undefined || value === '' || settings.has(key))
      return { problem: unreadable(text, setting) }
    settings.set(key, value)
  }
  return toModel(name, settings)
}

function toModel(name: string, settings: Map<string, unknown>): ParsedModel {
  const excludeDirect = settings.get(directSetting)
  const parameters = Object.fromEntries([...settings].filter(([key]) => key !== directSetting))
  const model = {
    name,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(excludeDirect !== undefined && { excludeDirect }),
  }
  const problem = modelProblem(model)
  return problem ? { problem } : { model: model as ModelSpec } // modelProblem has checked it
}

/** With the type that the parameter has; undefined when it cannot be decoded. */
function readValue(name: string, key: string, written: string): unknown {
  if (key === directSetting && (written === 'true' || written === 'false')) return written === 'true'
  const parameter = parameterOf(name, key)
  if (parameter && 'min' in parameter && isNumber(written)) return Number(written)
  try {
    return decodeURIComponent(written)
  } catch {
    return undefined // a broken escape, which is the only reason to throw
  }
}

// Number() alone would read a blank as 0.
function isNumber(written: string): boolean {
  return written.trim() !== '' && !Number.isNaN(Number(written))
}

function unreadable(text: string, setting: string): string {
  return `Model ${JSON.stringify(text)} cannot be read: ${JSON.stringify(setting)} is not one setting, named once. Write name:key=value,key=value, for example time_decay:half_life_days=7; in values encode %, comma and colon as in URLs.`
}

function splitOnce(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
