/** Reads conversion rules from their rows, and compiles them: once for each load, not for each event. */
import { checkMatcher } from '@headwater/attribution/matcher/check-matcher'
import { compileMatcher, eventFields, type MatchedEvent } from '@headwater/attribution/matcher/matcher'
import type { ModelChoice } from '@headwater/attribution/models'
import { parseModel } from '@headwater/attribution/models/parse-model'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import type { Counting } from '../credit/counting/counting.ts'
import { readConversionId, readValue, valueSchema } from './value.ts'

/** A rule as stored. */
export interface RuleRow {
  id: string
  name: string
  matcher: unknown
  /** Null: the event's own revenue. */
  value: unknown
  counting: Counting
  /** Null: the website's, so are the two below. */
  lookback_days: number | null
  /** As text, for example `time_decay:half_life_days=7`. */
  default_model: string | null
  models: string[] | null
}

/**
 * The rules in their order. A row that this version cannot read, written by hand or by a newer version, is left out: the
 * website's events keep coming in.
 */
export function readRules(rows: readonly RuleRow[]): ConversionRule[] {
  const fields = readOnce(eventFields)
  return rows.flatMap((row) => readRule(row, fields) ?? [])
}

type EventFields = typeof eventFields

/** Reads each column once for an event: many rules ask for the same ones, and the parts of an address cost most. */
function readOnce(fields: EventFields): EventFields {
  const remembering = Object.entries(fields).map(([name, field]) => {
    let event: MatchedEvent | undefined
    let value: unknown
    const read = (next: MatchedEvent) => {
      if (next !== event) [event, value] = [next, field.read(next)]
      return value
    }
    return [name, { ...field, read }]
  })
  return Object.fromEntries(remembering)
}

function readRule(row: RuleRow, fields: EventFields): ConversionRule | undefined {
  const checked = checkMatcher(row.matcher, eventFields)
  const value = valueSchema.nullable().safeParse(row.value)
  if ('fault' in checked || !value.success) return undefined
  const matches = compileMatcher(checked.matcher, fields)
  return {
    id: row.id,
    name: row.name,
    counting: row.counting,
    matches,
    read: (event) => ({
      ...readValue(value.data, event),
      conversionId: readConversionId(value.data, event),
    }),
    lookbackDays: row.lookback_days,
    defaultModel: row.default_model === null ? null : (readModel(row.default_model) ?? null),
    models: row.models?.flatMap((text) => readModel(text) ?? []) ?? null,
  }
}

function readModel(text: string): ModelChoice | undefined {
  const parsed = parseModel(text)
  return 'model' in parsed ? parsed.model : undefined
}
