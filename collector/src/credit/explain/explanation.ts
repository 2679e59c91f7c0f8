/** The explanation of a conversion, as the API answers it. Times are ISO 8601 in UTC, money is in minor units. */

export interface Explanation {
  conversion: ExplainedConversion
  /** Whose touches these are: of a refund, those of the person who bought. */
  person: ExplainedPerson
  /** The models that gave credit, each with what it gave in all. */
  models: ExplainedModel[]
  /** All touches that were considered, in the order they happened; also those that some of the models exclude: see `credit`. */
  touches: ConsideredTouch[]
  /** The touches that no model considered, in the order they happened. */
  not_counted: UncountedTouch[]
  /** Further touches of the person, too far from the conversion to be listed. */
  not_listed: number
  /** Null: nothing was refunded, and this is no refund. */
  order: ExplainedOrder | null
  /** How the credit came about, the oldest first. */
  versions: ExplainedVersion[]
  /** Whether the person waits to be credited again, so that touches and credit may not fit yet. */
  pending: boolean
  pending_reasons: string[]
  /** The website's, in which its days begin. */
  time_zone: string
}

export interface ExplainedConversion {
  id: string
  name: string
  /** The order number; null: none. */
  conversion_id: string | null
  occurred_at: string
  /** Null: counted without a value. Negative: a refund. */
  value_cents: number | null
  currency: string | null
  person_id: string
  /** Null: the event said that it is a conversion. */
  rule: { id: string; name: string | null } | null
  counted: boolean
  /** Null: it counts. */
  not_counted: NotCounted | null
  lookback_days: number
  /** The model that decides which touch the conversion names. */
  default_model: string
  /** Null: no touch before it, so are the two below. */
  attributed_touch_id: string | null
  first_touch_id: string | null
  last_non_direct_touch_id: string | null
  version: number
}

export interface NotCounted {
  reason: 'once_per_session' | 'once_per_customer' | 'refund_of_uncounted'
  /** The conversion that counts instead, or the one that is refunded; null: it is gone. */
  conversion: string | null
}

export interface ExplainedPerson {
  id: string
  customers: ExplainedCustomer[]
  merges: ExplainedMerge[]
}

export interface ExplainedCustomer {
  id: string
  /** Whether it has a user id. */
  is_known: boolean
  first_seen_at: string
  last_seen_at: string
}

/** Evidence that two customers are one person. */
export interface ExplainedMerge {
  id: string
  from_customer_id: string
  into_customer_id: string
  cause: string
  at: string
  /** Null: the collector. */
  merged_by: string | null
  reason: string | null
  /** Null: in force. */
  undone_at: string | null
  undone_by: string | null
}

export interface ExplainedModel {
  model: string
  /** Null: the conversion has no value. */
  value_cents: number | null
  weight: number
}

export interface ExplainedTouch {
  id: string
  customer_id: string
  occurred_at: string
  type: string
  /** As of today, also in former versions of the credit; null: stored before channels were. */
  channel: string | null
  /** As reports name it: from the tags, the click id or the referrer; null: direct, or unknown. */
  source: string | null
  medium: string | null
  campaign: string | null
  click_id_type: string | null
  referrer_domain: string | null
  landing_path: string | null
  is_direct: boolean
  is_paid: boolean
  is_bot: boolean
  /** A landing, until an earlier event of its session arrived. */
  is_withdrawn: boolean
}

export interface ConsideredTouch extends ExplainedTouch {
  /** One for each of `models`. */
  credit: TouchCredit[]
  /** Why it earns nothing once the person has been credited again; null: nothing changes that is known yet. */
  leaves_because: UncountedReason | null
}

export interface TouchCredit {
  model: string
  weight: number
  /** Null: the conversion has no value. */
  value_cents: number | null
  /** Null: it has a share. `no_share`: the model gives it to other touches. `direct_excluded`: it leaves direct out while there are others. */
  reason: 'direct_excluded' | 'no_share' | 'conversion_not_counted' | null
}

export type UncountedReason =
  | 'after_conversion'
  | 'older_than_lookback'
  | 'beyond_limit'
  | 'bot'
  | 'withdrawn'
  | 'other_person'

export interface UncountedTouch extends ExplainedTouch {
  reason: UncountedReason
  /** When its customer was separated from the person; null: another reason, or not known. */
  separated_at: string | null
}

export interface ExplainedOrder {
  /** Of a refund; null: it is the order itself, or the order is unknown. */
  refund_of: OrderPart | null
  /** All refunds of the order, in the order they happened. */
  refunds: OrderPart[]
  /** The order less its refunds, never below 0; null: the order is unknown or has no value. */
  net_cents: number | null
  /** What the refunds exceed the order by, and no touch loses. */
  over_refund_cents: number
}

export interface OrderPart {
  /** The conversion. */
  id: string
  occurred_at: string
  value_cents: number | null
  over_refund_cents: number
}

export interface ExplainedVersion {
  version: number
  /** `first` of version 1, else as in `credit_versions`. */
  reason: string
  at: string
  /** What changed from the version before; empty for the first. */
  moved: CreditMove[]
}

/** Null: no credit. */
export interface CreditMove {
  model: string
  touch_id: string
  weight_before: number | null
  weight_after: number | null
  cents_before: number | null
  cents_after: number | null
}
