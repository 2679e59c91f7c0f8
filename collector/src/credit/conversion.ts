/** A conversion before it is stored: what happened, and by which of its website's rules it is credited. */
import type { credit, Model } from '@headwater/attribution/credit'

/** An event that is a conversion. */
export interface Conversion {
  websiteId: string
  customerId: string
  /** Null: it came without one. */
  sessionId: string | null
  eventId: string
  name: string
  /** The order number; null: none given. */
  conversionId: string | null
  occurredAt: number
  /** Null: worth counting, without a value. Negative: a refund. */
  valueCents: number | null
  currency: string | null
  /** Settings of its website. */
  rules: CreditRules
}

export interface CreditRules {
  /** How far back a touch may lie to share in it. */
  lookbackDays: number
  /** Decides the touches that the conversion itself names. */
  defaultModel: Model
  models: readonly Model[]
}

/** What each touch is owed, and which of them the conversion names. */
export type Credit = ReturnType<typeof credit>

export type CreditedConversion = Conversion & { credit: Credit }
