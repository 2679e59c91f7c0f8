/** Inserts credited conversions, their credits, and their count into the sessions they happened in. */
import { type Columns, queryRows, toInstant } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import type { Conversion, Credit, CreditedConversion } from './conversion.ts'
import addSessionConversions from './sql/add_session_conversions.sql?raw'
import insertConversionsSql from './sql/insert_conversions.sql?raw'
import insertCredits from './sql/insert_credits.sql?raw'

interface StoredRow {
  id: string
  event_id: string
  attribution_version: number
}

type CreditRow = Credit['credits'][number] & { websiteId: string; row: StoredRow }

/**
 * Answers with those that were stored: of one name and conversion id only the first conversion counts. Sorted by what makes
 * a conversion unique, so that all groups wait for each other in one order.
 */
export async function insertConversions(
  tx: Queries,
  credited: readonly CreditedConversion[],
): Promise<CreditedConversion[]> {
  const nameOf = ({ websiteId, name, conversionId }: Conversion) => `${websiteId} ${name} ${conversionId}`
  const rows = [...credited].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const insert = { sql: insertConversionsSql, columns: conversionColumns, rows }
  const answer = await queryRows<CreditedConversion, StoredRow>(tx, insert)
  const rowOf = new Map(answer.map((row) => [row.event_id, row]))
  const stored = credited.filter(({ eventId }) => rowOf.has(eventId))
  const credits = stored.flatMap(
    ({ websiteId, eventId, credit }) =>
      credit.credits.map((one): CreditRow => ({ ...one, websiteId, row: rowOf.get(eventId) as StoredRow })), // it was stored
  )
  await queryRows(tx, { sql: insertCredits, columns: creditColumns, rows: credits })
  const inSession = stored.filter(({ sessionId }) => sessionId !== null)
  await queryRows(tx, { sql: addSessionConversions, columns: sessionColumns, rows: inSession })
  return stored
}

const sessionColumns: Columns<Conversion> = {
  website_id: ({ websiteId }) => websiteId,
  session_id: ({ sessionId }) => sessionId,
}

export const conversionColumns: Columns<CreditedConversion> = {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
  session_id: ({ sessionId }) => sessionId,
  event_id: ({ eventId }) => eventId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
  occurred_at: ({ occurredAt }) => toInstant(occurredAt),
  value_cents: ({ valueCents }) => valueCents,
  currency: ({ currency }) => currency,
  first_touch_id: ({ credit }) => credit.firstTouchId,
  last_non_direct_touch_id: ({ credit }) => credit.lastNonDirectTouchId,
  attributed_touch_id: ({ credit }) => credit.attributedTouchId,
  attribution_model: ({ rules }) => rules.defaultModel,
  attribution_weight: ({ credit }) => JSON.stringify(credit.weights),
  lookback_days: ({ rules }) => rules.lookbackDays,
}

export const creditColumns: Columns<CreditRow> = {
  website_id: ({ websiteId }) => websiteId,
  conversion_id: ({ row }) => row.id,
  model: ({ model }) => model,
  version: ({ row }) => row.attribution_version,
  touch_id: ({ touchId }) => touchId,
  weight: ({ weight }) => weight,
  value_cents: ({ valueCents }) => valueCents,
}
