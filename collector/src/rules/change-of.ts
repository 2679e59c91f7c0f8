/** Says what becomes of a stored conversion of a rule, or of a stored event, by the rules as they are now. Pure. */
import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import type { Change } from './change-conversions.ts'
import { declaredConversion, type EventConversion, ruledConversion } from './conversion-of.ts'

/** An event as stored, and where it is. */
export interface EventRow extends MatchedEvent {
  /** ISO, with microseconds. */
  at: string
  id: string
  customer_id: string
  conversion_id: string | null
}

/** A conversion of a rule, with its event; the fields of that are null if it is gone. */
export interface RuledRow extends EventRow {
  has_event: boolean
  rule_id: string
  stored_name: string
  stored_conversion_id: string | null
  stored_value_cents: number | null
  stored_currency: string | null
  is_older_than_rule: boolean
}

/** Null: it stays as it is. So does a conversion whose event is past its retention: whether it still matches is unknown. */
export function changeOfConversion(
  row: RuledRow,
  websiteId: string,
  rules: readonly ConversionRule[],
): Change | null {
  if (!row.has_event) return null
  const conversion = ruledConversion(rules, row, row.conversion_id)
  const kind = kindOfChange(row, conversion)
  return kind && { ...keyOf(row, websiteId), kind, conversion }
}

/** An event that is no conversion. */
export interface UnconvertedRow extends EventRow {
  /** Whether it says that it is one: then another conversion has had its order number. */
  is_declared: boolean
}

/** Null: it becomes no conversion. */
export function changeOfEvent(
  row: UnconvertedRow,
  websiteId: string,
  rules: readonly ConversionRule[],
): Change | null {
  const conversion = row.is_declared
    ? declaredConversion(row)
    : ruledConversion(rules, row, row.conversion_id)
  return conversion && { ...keyOf(row, websiteId), kind: 'insert', conversion }
}

function kindOfChange(row: RuledRow, to: EventConversion | null): Change['kind'] | null {
  if (!to) return 'delete'
  const isSame =
    row.rule_id === to.rule?.id &&
    row.stored_value_cents === to.valueCents &&
    row.stored_currency === to.currency
  if (nameOf(row.stored_name, row.stored_conversion_id) !== nameOf(to.name, to.conversionId)) return 'rename'
  if (to.conversionId !== null && isNegative(row.stored_value_cents) !== isNegative(to.valueCents))
    return 'rename'
  if (!isSame) return 'update'
  return row.is_older_than_rule ? 'credit' : null
}

const nameOf = (name: string, conversionId: string | null) => JSON.stringify([name, conversionId])
const isNegative = (cents: number | null) => (cents ?? 0) < 0

const keyOf = ({ id: eventId, at: occurredAt, customer_id: customerId }: EventRow, websiteId: string) => ({
  websiteId,
  customerId,
  eventId,
  occurredAt,
})
