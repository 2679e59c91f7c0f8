/** Makes stored conversions what the rules say, with the counts of their sessions; credit follows on the queue. */
import { modelKey } from '@headwater/attribution/models/model-key'
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CreditRules } from '../credit/conversion.ts'
import { creditRulesOf } from '../credit/credit-rules.ts'
import { enqueueCredit } from '../credit/enqueue.ts'
import { addToSessions } from '../credit/insert-conversions.ts'
import { lockCustomers } from '../identity/lock-customers.ts'
import type { EventConversion } from './conversion-of.ts'
import deleteRuledConversions from './sql/delete_ruled_conversions.sql?raw'
import enqueueOrders from './sql/enqueue_orders.sql?raw'
import insertRuledConversions from './sql/insert_ruled_conversions.sql?raw'
import removeSessionConversions from './sql/remove_session_conversions.sql?raw'
import updateRuledConversions from './sql/update_ruled_conversions.sql?raw'

/** An event whose conversion is not what the rules say, or is to be credited again. */
export interface Change {
  websiteId: string
  customerId: string
  eventId: string
  /** ISO, with microseconds. */
  occurredAt: string
  /** `replace` deletes and inserts, because the new name and order number may be those of another conversion. */
  kind: 'insert' | 'update' | 'replace' | 'delete' | 'credit'
  /** What it is to be; null: no conversion. */
  conversion: EventConversion | null
}

/** A conversion of a rule that does not count every time waits, not counted, for the worker that decides. */
export async function changeConversions(
  tx: Queries,
  changes: readonly Change[],
  website: CreditRules,
): Promise<void> {
  const rows = inLockOrder(changes, ({ websiteId, eventId }) => `${websiteId} ${eventId}`)
  const of = (...kinds: Change['kind'][]) => rows.filter(({ kind }) => kinds.includes(kind))
  const inserted = of('insert', 'replace').map((row) => ({ ...row, credit: creditOf(row, website) }))
  const [, , , , , added] = await Promise.all([
    lockCustomers(
      tx,
      rows.map(({ websiteId, customerId: id }) => ({ websiteId, id })),
    ),
    runRows(tx, orderQueue, of('update', 'replace', 'delete')), // a refund of another person follows its purchase
    runRows(tx, sessionRemoval, of('update', 'replace', 'delete')),
    runRows(tx, conversionDelete, of('replace', 'delete')),
    runRows(tx, conversionUpdate, of('update')),
    runRows<{ event_id: string }, InsertedRow>(tx, conversionInsert, inserted),
    addToSessions(tx, of('update')),
  ])
  const ids = new Set(added.map(({ event_id }) => event_id))
  await Promise.all([
    addToSessions(
      tx,
      inserted.filter(({ eventId }) => ids.has(eventId)),
    ),
    runRows(tx, orderQueue, [...of('update'), ...inserted.filter(({ eventId }) => ids.has(eventId))]),
    enqueueCredit(tx, customersOf(rows.filter(({ kind, eventId }) => kind !== 'insert' || ids.has(eventId)))),
  ])
}

const customersOf = (rows: readonly Change[]) =>
  inLockOrder(rows, ({ customerId }) => customerId).map(({ websiteId, customerId }) => ({
    websiteId,
    customerId,
    reason: 'rule_changed' as const,
  }))

type InsertedRow = Change & { credit: { model: string; lookbackDays: number } }

function creditOf({ conversion }: Change, website: CreditRules): InsertedRow['credit'] {
  const { defaultModel, lookbackDays } = creditRulesOf(website, conversion?.rule ?? null)
  return { model: modelKey(defaultModel), lookbackDays }
}

type EventKey = Pick<Change, 'websiteId' | 'eventId'>

const key = {
  website_id: ({ websiteId }: EventKey) => websiteId,
  event_id: ({ eventId }: EventKey) => eventId,
}

const said = {
  name: ({ conversion }: Change) => conversion?.name ?? null,
  conversion_id: ({ conversion }: Change) => conversion?.conversionId ?? null,
  value_cents: ({ conversion }: Change) => conversion?.valueCents ?? null,
  currency: ({ conversion }: Change) => conversion?.currency ?? null,
  rule_id: ({ conversion }: Change) => conversion?.rule?.id ?? null,
  counted: ({ conversion }: Change) => conversion?.rule?.counting === 'every',
}

const orderQueue = rowStatement<EventKey>(enqueueOrders, key)
const sessionRemoval = rowStatement<EventKey>(removeSessionConversions, key)
const conversionDelete = rowStatement<EventKey>(deleteRuledConversions, key)
const conversionUpdate = rowStatement<Change>(updateRuledConversions, { ...key, ...said })
const conversionInsert = rowStatement<InsertedRow>(insertRuledConversions, {
  ...key,
  ...said,
  occurred_at: ({ occurredAt }) => occurredAt,
  attribution_model: ({ credit }) => credit.model,
  lookback_days: ({ credit }) => credit.lookbackDays,
})
