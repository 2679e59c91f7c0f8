/** The value of a rule's conversions: where it comes from, and how it is read from an event. */
import {
  eventFields,
  type Field,
  findField,
  getField,
  type MatchedEvent,
  valueAt,
} from '@headwater/attribution/matcher/matcher'
import { isIllegalId, type Json, limits } from '@headwater/contract'
import { minorUnitDigits } from '@headwater/contract/currencies'
import type { ConversionValue } from '@headwater/server/conversion-rule'
import { z } from 'zod'

/** As stored in `conversion_rules.value`. */
export type ValueSource = z.infer<typeof valueSchema>

const anyField = (type: 'text' | 'number') =>
  z.string().refine((name) => {
    const found = name.length <= limits.name ? findField(eventFields, name) : undefined
    return found !== undefined && (found.column.type === type || found.keys.length > 0)
  }, `must be a ${type} field of an event, for example props.total`)

const currency = z
  .string('must be a code of ISO 4217, for example EUR')
  .transform((code) => code.trim().toUpperCase())
  .refine((code) => minorUnitDigits.has(code), 'must be a code of ISO 4217, for example EUR')

const field = anyField('number')
const unit = z.enum(['major', 'minor'], 'must be major (49.99) or minor (4999)')
/** Where an order number is, for events that name none themselves. */
const conversion_id_field = anyField('text').optional()

/** Of the event's own revenue, of a field in one currency, of a field with the currency in another, or fixed. */
export const valueSchema = z.union([
  z.strictObject({ conversion_id_field }),
  z.strictObject({ field, unit: unit.default('major'), currency, conversion_id_field }),
  z.strictObject({
    field,
    unit: unit.default('major'),
    currency_field: anyField('text'),
    conversion_id_field,
  }),
  z.strictObject({ cents: z.int(), currency, conversion_id_field }),
])

const noValue: ConversionValue = { valueCents: null, currency: null }

/**
 * The value of an event's conversion; null: the event's own revenue. A value that is no number, or that has no valid currency,
 * makes a conversion without value.
 */
export function readValue(source: ValueSource | null, event: MatchedEvent): ConversionValue {
  if (source && 'cents' in source) return { valueCents: source.cents, currency: source.currency }
  if (!source || !('field' in source))
    return { valueCents: event.revenue_cents ?? null, currency: event.currency ?? null }
  const currency =
    'currency' in source ? source.currency : currencyIn(readField(event, source.currency_field))
  const digits = currency === undefined ? undefined : minorUnitDigits.get(currency)
  if (currency === undefined || digits === undefined) return noValue
  const valueCents = toMinorUnits(readField(event, source.field), source.unit === 'minor' ? 0 : digits)
  return valueCents === undefined ? noValue : { valueCents, currency }
}

/** The order number in the event's properties; null: none, or a placeholder. */
export function readConversionId(source: ValueSource | null, event: MatchedEvent): string | null {
  if (!source?.conversion_id_field) return null
  const found = readField(event, source.conversion_id_field)
  const isId = typeof found === 'string' || Number.isSafeInteger(found) // a larger number has lost digits
  const id = isId ? String(found).trim() : ''
  return id === '' || id.length > limits.conversionId || isIllegalId(id) ? null : id
}

function readField(event: MatchedEvent, name: string): Json | undefined {
  const { column, keys } = getField<Field<MatchedEvent>>(eventFields, name)
  return valueAt(column.read(event), keys) as Json | undefined // an event holds nothing but JSON
}

const currencyIn = (found: Json | undefined) =>
  typeof found === 'string' ? found.trim().toUpperCase() : undefined

/** Shifts the decimal point in the shortest decimal text, because 1.005 * 100 is less than 100.5. Halves round away from 0. */
function toMinorUnits(found: Json | undefined, digits: number): number | undefined {
  const number = numberIn(found)
  if (number === undefined) return undefined
  const [mantissa = '', exponent = '0'] = String(Math.abs(number)).split('e')
  const cents = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`))
  if (!Number.isSafeInteger(cents)) return undefined
  return number < 0 && cents !== 0 ? -cents : cents
}

/** A number, or the text that spells one as JSON does. */
function numberIn(found: Json | undefined): number | undefined {
  const text = typeof found === 'number' || typeof found === 'string' ? String(found).trim() : ''
  const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}
