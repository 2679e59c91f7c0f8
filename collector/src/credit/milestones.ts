/** Which events models ask for besides touches: those that they name in their parameters. */
import { type ModelChoice, parametersOf } from '@headwater/attribution/models'

/** Events are asked for with every group, and the models of a website stay the same object for as long as its settings. */
const known = new WeakMap<readonly ModelChoice[], ReadonlySet<string>>()

/** The names of these events; none unless a model has milestones. */
export function milestoneNames(models: readonly ModelChoice[]): ReadonlySet<string> {
  const found = known.get(models)
  if (found) return found
  const names = new Set(models.flatMap(namesIn))
  known.set(models, names)
  return names
}

function namesIn(model: ModelChoice): string[] {
  const parameters = Object.entries(parametersOf(model))
  return parameters.filter(([key]) => key.endsWith('_event')).map(([, name]) => String(name))
}
