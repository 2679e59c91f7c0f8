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

function anyField(type: 'text' | 'number') {
  const message = `must be a ${type} field of an event, for example ${type === 'text' ? 'props.currency' : 'props.total'}`
  return z.string(message).refine((name) => {
    const found = name.length <= limits.name ? findField(eventFields, name) : undefined
    return found !== undefined && (found.column.type === type || found.keys.length > 0)
  }, message)
}

const currency = z
  .string('must be a code of ISO 4217, for example EUR')
  .transform((code) => code.trim().toUpperCase())
  .refine((code) => minorUnitDigits.has(code), 'must be a code of ISO 4217, for example EUR')

const field = anyField('number')
const unit = z.enum(['major', 'minor'], 'must be major (49.99) or minor (4999)')
/** Where an order number is, for events that name none themselves. */
const conversion_id_field = anyField('text').optional()

const cents = z.int('must be a whole number of minor units, for example 500')

/** Of the event's own revenue, of a field in one currency, of a field with the currency in another, or fixed. */
const forms = {
  order: z.strictObject({ conversion_id_field }),
  field: z.strictObject({ field, unit: unit.default('major'), currency, conversion_id_field }),
  fields: z.strictObject({
    field,
    unit: unit.default('major'),
    currency_field: anyField('text'),
    conversion_id_field,
  }),
  fixed: z.strictObject({ cents, currency, conversion_id_field }),
}

export const valueSchema = z.union([forms.order, forms.field, forms.fields, forms.fixed])

export interface ValueProblem {
  /** Empty: the value as a whole. */
  key: string
  message: string
  found: unknown
}

/** What is wrong with a value, by the form that it comes closest to; empty: nothing. */
export function findValueProblems(given: unknown): ValueProblem[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [{ key: '', message: `must be an object, for example ${example}`, found: given }]
  const parsed = formOf(given).safeParse(given, { reportInput: true })
  return (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          key,
          message: `is not known here. Pass for example ${example}`,
          found: given,
        }))
      : [{ key: String(issue.path[0]), message: issue.message, found: issue.input }],
  )
}

const example = '{"field": "props.total", "currency": "EUR"} or {"cents": 500, "currency": "EUR"}'

function formOf(given: object): z.ZodType {
  if ('cents' in given) return forms.fixed
  if ('currency_field' in given) return forms.fields
  return 'field' in given || 'unit' in given || 'currency' in given ? forms.field : forms.order
}

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
