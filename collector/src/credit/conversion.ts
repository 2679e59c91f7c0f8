/** A conversion before it is stored: what happened, and the website's rules for crediting it. */
import type { credit, Model } from '@headwater/attribution/credit'

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
  /** Settings of its website. */
  rules: CreditRules
}

export interface CreditRules {
  /** How far back touches earn credit. */
  lookbackDays: number
  /** Decides the attributed touch. */
  defaultModel: Model
  models: readonly Model[]
}

/** The credit of each touch, and the touches that the conversion references. */
export type Credit = ReturnType<typeof credit>

export type CreditedConversion = Conversion & { credit: Credit }
