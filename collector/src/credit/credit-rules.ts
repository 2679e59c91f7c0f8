/** The rules for crediting a conversion: those of its conversion rule, and of its website where that decides nothing. */
import { modelKey } from '@headwater/attribution/models/model-key'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import { readSettings } from '../websites/settings.ts'
import type { CreditRules } from './conversion.ts'

/** What a conversion rule decides about credit, as stored; null: as its website. */
export interface RuleColumns {
  lookback_days: number | null
  default_model: string | null
  models: string[] | null
}

/** `settings` are those of the website, as stored. */
export function creditRules(settings: object | null, rule: RuleColumns): CreditRules {
  const decided = Object.entries(rule).filter(([, value]) => value !== null)
  const { lookbackDays, defaultModel, models } = readSettings({ ...settings, ...Object.fromEntries(decided) })
  return { lookbackDays, defaultModel, models }
}

/** The same for a rule that has been read; null: the event itself says that it is a conversion. The default model is always among the models. */
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
