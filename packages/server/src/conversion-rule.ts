/** A conversion rule as its website has it in force, compiled; collector/src/rules reads and applies it. */
import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { ModelChoice } from '@headwater/attribution/models'

export interface ConversionRule {
  id: string
  /** Of the conversions. */
  name: string
  counting: 'every' | 'once_per_session' | 'once_per_customer'
  /** Whether an event matches. */
  matches(event: MatchedEvent): boolean
  /** The value of a matching event, and the order number in its properties. */
  read(event: MatchedEvent): ConversionValue & { conversionId: string | null }
  /** How its conversions are credited; null: as the website says. */
  lookbackDays: number | null
  defaultModel: ModelChoice | null
  models: readonly ModelChoice[] | null
}

/** Both or neither. */
export interface ConversionValue {
  /** Minor units; null: worth counting, without a value. Negative: a refund. */
  valueCents: number | null
  currency: string | null
}
