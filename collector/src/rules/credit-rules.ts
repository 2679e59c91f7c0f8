/** How a conversion is credited: as its rule says, and otherwise as its website does. */
import { modelKey } from '@headwater/attribution/models/model-key'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import type { CreditRules } from '../credit/conversion.ts'

/** The default model is always among the models. */
export function creditRulesOf(
  website: CreditRules,
  rule: Pick<ConversionRule, 'lookbackDays' | 'defaultModel' | 'models'> | null,
): CreditRules {
  if (!rule) return website
  const defaultModel = rule.defaultModel ?? website.defaultModel
  const models = rule.models ?? website.models
  const isAmong = models.some((model) => modelKey(model) === modelKey(defaultModel))
  return {
    lookbackDays: rule.lookbackDays ?? website.lookbackDays,
    defaultModel,
    models: isAmong ? models : [...models, defaultModel],
  }
}
