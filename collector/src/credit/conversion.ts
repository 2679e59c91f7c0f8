/** A conversion before it is stored: what happened, and the rules for crediting it. */
import type { CreditResult, ModelChoice } from '@headwater/attribution/credit'
import type { ConversionRule } from '@headwater/server/conversion-rule'

/** An event that is a conversion. */
export interface Conversion {
  websiteId: string
  customerId: string
  /** Null: no session. */
  sessionId: string | null
  eventId: string
  name: string
  /** The order number; null: none. */
  conversionId: string | null
  occurredAt: number
  /** Null: counted without a value. Negative: a refund. */
  valueCents: number | null
  currency: string | null
  /** The conversion rule that made it one; null: its event said so. Left out where nothing depends on it. */
  rule?: Pick<ConversionRule, 'id' | 'counting'> | null
  /** False: its rule counts another conversion instead, so this one earns no credit. Default true. */
  counted?: boolean
  /** Those of its conversion rule, else of its website. */
  rules: CreditRules
}

export interface CreditRules {
  /** How far back touches earn credit. */
  lookbackDays: number
  /** Decides the attributed touch. */
  defaultModel: ModelChoice
  /** Give credit; the default model is among them. */
  models: readonly ModelChoice[]
}

/** The credit of each touch, and the touches that the conversion references. */
export type Credit = CreditResult

/** What crediting adds to a conversion. */
export interface Credited {
  credit: Credit
  /** The text of the model that decided the attributed touch. */
  model: string
  lookbackDays: number
  /** Of a refund: what exceeds the refunded conversion, and takes no credit back. */
  overRefundCents: number
}

export type CreditedConversion = Conversion & Credited

/** The credit of a conversion without touches, or one that does not count. */
export const noCredit: Credit = {
  firstTouchId: null,
  lastNonDirectTouchId: null,
  attributedTouchId: null,
  weights: {},
  credits: [],
}
