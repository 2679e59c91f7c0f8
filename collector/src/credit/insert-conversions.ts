/** Inserts credited conversions with their credits, and adds them to the counts of their sessions and to the queue of refunds. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion, Credit, CreditedConversion } from './conversion.ts'
import addSessionConversions from './sql/add_session_conversions.sql?raw'
import enqueueRefunds from './sql/enqueue_refunds.sql?raw'
import insertConversionsSql from './sql/insert_conversions.sql?raw'
import insertCredits from './sql/insert_credits.sql?raw'

/**
 * Returns the event ids of the stored conversions; only the first of one name and conversion id is stored. Sends all
 * statements in one round trip: the credits and counts of a conversion that was not stored match no row.
 */
export async function insertConversions(
  tx: Queries,
  credited: readonly CreditedConversion[],
): Promise<Set<string>> {
  const positions = new Map(credited.map(({ eventId }, at) => [eventId, String(at).padStart(4, '0')]))
  const rows = inLockOrder(credited, (one) => `${uniqueName(one)} ${positions.get(one.eventId)}`)
  const [stored] = await Promise.all([
    runRows<{ event_id: string }, CreditedConversion>(tx, conversionInsert, rows),
    runRows(tx, creditInsert, rows.flatMap(creditsOf)),
    addToSessions(
      tx,
      rows.filter(({ sessionId }) => sessionId !== null),
    ),
    runRows(
      tx,
      refundQueue,
      rows.filter(({ conversionId }) => conversionId !== null),
    ),
  ])
  return new Set(stored.map(({ event_id }) => event_id))
}

/** Adds the conversions of these events to the counts of their sessions, if they count there. */
export async function addToSessions(tx: Queries, events: readonly ConvertingEvent[]): Promise<void> {
  await runRows(tx, sessionCount, events)
}

type ConvertingEvent = Pick<Conversion, 'websiteId' | 'eventId'>

/**
 * What makes a conversion unique. Groups insert in this order, so that those that share conversions cannot deadlock; of one order in
 * one group the first report is stored.
 */
const uniqueName = ({ websiteId, name, conversionId }: Conversion) =>
  `${websiteId} ${name} ${conversionId ?? ''}`

type CreditRow = Credit['credits'][number] & Pick<Conversion, 'websiteId' | 'eventId'>

const creditsOf = ({ websiteId, eventId, credit }: CreditedConversion): CreditRow[] =>
  credit.credits.map((one) => ({ ...one, websiteId, eventId }))

const conversionInsert = rowStatement<CreditedConversion>(insertConversionsSql, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
  session_id: ({ sessionId }) => sessionId,
  event_id: ({ eventId }) => eventId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
  occurred_at: ({ occurredAt }) => occurredAt,
  value_cents: ({ valueCents }) => valueCents,
  currency: ({ currency }) => currency,
  first_touch_id: ({ credit }) => credit.firstTouchId,
  last_non_direct_touch_id: ({ credit }) => credit.lastNonDirectTouchId,
  attributed_touch_id: ({ credit }) => credit.attributedTouchId,
  attribution_model: ({ model }) => model,
  attribution_weight: ({ credit }) => JSON.stringify(credit.weights),
  lookback_days: ({ lookbackDays }) => lookbackDays,
  over_refund_cents: ({ overRefundCents }) => overRefundCents,
  rule_id: ({ rule }) => rule?.id ?? null,
  counted: ({ counted }) => counted ?? true,
})

const creditInsert = rowStatement<CreditRow>(insertCredits, {
  website_id: ({ websiteId }) => websiteId,
  event_id: ({ eventId }) => eventId,
  model: ({ model }) => model,
  touch_id: ({ touchId }) => touchId,
  weight: ({ weight }) => weight,
  value_cents: ({ valueCents }) => valueCents,
})

const sessionCount = rowStatement<ConvertingEvent>(addSessionConversions, {
  website_id: ({ websiteId }) => websiteId,
  event_id: ({ eventId }) => eventId,
})

const refundQueue = rowStatement<Conversion>(enqueueRefunds, {
  website_id: ({ websiteId }) => websiteId,
  event_id: ({ eventId }) => eventId,
})
