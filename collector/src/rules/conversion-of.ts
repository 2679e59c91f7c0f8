/** Says whether an event is a conversion: what it says itself decides, else the first rule that matches. Pure. */
import type { MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { WireEvent } from '@headwater/contract'
import type { ConversionRule, ConversionValue } from '@headwater/server/conversion-rule'

/** What makes an event a conversion, and of which value. */
export interface EventConversion extends ConversionValue {
  name: string
  /** The order number; null: none. */
  conversionId: string | null
  /** Null: the event said so. */
  rule: ConversionRule | null
}

/** What an event says about its conversion. */
interface Said {
  type: string
  name?: string | null
  conversion_id?: string | null
  revenue_cents?: number | null
  currency?: string | null
}

/** The part of an event that can say something about its conversion. */
type Declaration = Said & Pick<WireEvent, 'conversion'>

/** Null: it is none. `stored` gives the event as it will be stored, and is called only if rules have to decide. */
export function conversionOf(
  declared: Declaration,
  rules: readonly ConversionRule[],
  stored: () => MatchedEvent,
): EventConversion | null {
  if (declared.conversion) return declaredConversion(declared)
  if (declared.conversion === false || rules.length === 0) return null
  return ruledConversion(rules, stored(), declared.conversion_id ?? null)
}

/** The conversion that an event says it is. */
export function declaredConversion(event: Said): EventConversion {
  return {
    name: event.name ?? event.type,
    conversionId: event.conversion_id ?? null,
    valueCents: event.revenue_cents ?? null,
    currency: event.currency ?? null,
    rule: null,
  }
}

/** The conversion that the first matching rule makes of an event that says nothing itself; null: none matches. */
export function ruledConversion(
  rules: readonly ConversionRule[],
  event: MatchedEvent,
  conversionId: string | null,
): EventConversion | null {
  const rule = rules.find((each) => each.matches(event))
  if (!rule) return null
  const { conversionId: found, ...value } = rule.read(event)
  return { name: rule.name, conversionId: conversionId ?? found, ...value, rule }
}
