/** The rules for crediting a conversion: those of its conversion rule, and of its website where that decides nothing. */
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
