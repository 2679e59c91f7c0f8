/** Writes a model as one text, under which its credit is stored. */
import {
  excludesDirect,
  excludesDirectByDefault,
  type ModelChoice,
  modelNames,
  nameOf,
  parametersOf,
} from '../models.ts'

/** The name by which a text says whether direct touches are removed. */
export const directSetting = 'exclude_direct'

/**
 * The text of a valid model, for example `linear` or `time_decay:half_life_days=7`. Defaults are written out, so that a text
 * keeps its meaning should they change. Whether direct is excluded is written only where it differs from the default.
 */
export function modelKey(model: ModelChoice): string {
  return keysOfNames.get(model) ?? write(model)
}

// Remembered, because every credit asks for one.
const keysOfNames = new Map<ModelChoice, string>(modelNames.map((name) => [name, write(name)]))

function write(model: ModelChoice): string {
  const settings = Object.entries(parametersOf(model)).map(
    ([key, value]) => `${key}=${encodeURIComponent(value)}`,
  )
  const isDirectExcluded = excludesDirect(model)
  if (isDirectExcluded !== excludesDirectByDefault(nameOf(model)))
    settings.push(`${directSetting}=${isDirectExcluded}`)
  return [nameOf(model), settings.join(',')].filter(Boolean).join(':')
}
