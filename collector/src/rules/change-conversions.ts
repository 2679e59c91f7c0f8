/** Makes stored conversions what the rules say, with the counts of their sessions; credit follows on the queue. */
import { modelKey } from '@headwater/attribution/models/model-key'
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { CreditRules } from '../credit/conversion.ts'
import { creditRulesOf } from '../credit/credit-rules.ts'
import { enqueueCredit } from '../credit/enqueue.ts'
import { addToSessions } from '../credit/insert-conversions.ts'
import { lockOrders } from '../credit/lock-orders.ts'
import { lockCustomers } from '../identity/lock-customers.ts'
import type { EventConversion } from './conversion-of.ts'
import deleteRuledConversions from './sql/delete_ruled_conversions.sql?raw'
import deleteUnnamedConversions from './sql/delete_unnamed_conversions.sql?raw'
import enqueueOrders from './sql/enqueue_orders.sql?raw'
import insertRuledConversions from './sql/insert_ruled_conversions.sql?raw'
import releaseOrders from './sql/release_orders.sql?raw'
import removeSessionConversions from './sql/remove_session_conversions.sql?raw'
import renameRuledConversions from './sql/rename_ruled_conversions.sql?raw'
import updateRuledConversions from './sql/update_ruled_conversions.sql?raw'

/** An event whose conversion is not what the rules say, or is to be credited again. */
export interface Change {
  websiteId: string
  customerId: string
  eventId: string
  /** ISO, with microseconds. */
  occurredAt: string
  /** `rename` also changes what makes it unique, which another conversion may have: then it is deleted. */
  kind: 'insert' | 'update' | 'rename' | 'delete' | 'credit'
  /** What it is to be; null: no conversion. */
  conversion: EventConversion | null
}

/** What changes come to, in conversions. */
export interface ChangeCounts {
  made: number
  /** Their name, order number, value or rule. */
  changed: number
  removed: number
  /** Those that stay as they are, and are credited again because their rule has changed. */
  credited_again: number
}

export const noChanges: Readonly<ChangeCounts> = { made: 0, changed: 0, removed: 0, credited_again: 0 }

/**
 * A conversion that changes keeps its id, its credit and the history of that. One of a rule that does not count every time waits, not
 * counted, for the worker that decides.
 */
export async function changeConversions(
  tx: Queries,
  changes: readonly Change[],
  website: CreditRules,
): Promise<ChangeCounts> {
  const rows = inLockOrder(changes, ({ websiteId, eventId }) => `${websiteId} ${eventId}`)
  const of = (...kinds: Change['kind'][]) => rows.filter(({ kind }) => kinds.includes(kind))
  const inserted = of('insert').map((row) => ({ ...row, credit: creditOf(row, website) }))
  const [, , , , , , , renamed, , added] = await Promise.all([
    lockCustomers(
      tx,
      rows.map(({ websiteId, customerId: id }) => ({ websiteId, id })),
    ),
    lockOrders(
      tx,
      rows.flatMap(({ websiteId, conversion }) => (conversion ? { websiteId, ...conversion } : [])),
    ),
    runRows(tx, orderQueue, of('update', 'rename', 'delete')), // a refund of another person follows its purchase
    runRows(tx, sessionRemoval, of('update', 'rename', 'delete')),
    runRows(tx, conversionDelete, of('delete')),
    runRows(tx, conversionUpdate, of('update')),
    runRows(tx, orderRelease, of('rename')),
    runRows<{ event_id: string }, Change>(tx, conversionRename, of('rename')),
    runRows(tx, unnamedDelete, of('rename')),
    runRows<{ event_id: string }, InsertedRow>(tx, conversionInsert, inserted),
    addToSessions(tx, of('update', 'rename')),
  ])
  const ids = new Set(added.map(({ event_id }) => event_id))
  const made = inserted.filter(({ eventId }) => ids.has(eventId))
  await Promise.all([
    addToSessions(tx, made),
    runRows(tx, orderQueue, [...of('update', 'rename'), ...made]),
    enqueueCredit(tx, customersOf(rows.filter(({ kind, eventId }) => kind !== 'insert' || ids.has(eventId)))),
  ])
  return {
    made: made.length,
    changed: of('update').length + renamed.length,
    removed: of('delete').length + of('rename').length - renamed.length,
    credited_again: of('credit').length,
  }
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
  counted: ({ conversion }: Change) => (conversion?.rule?.counting ?? 'every') === 'every',
}

const orderQueue = rowStatement<EventKey>(enqueueOrders, key)
const sessionRemoval = rowStatement<EventKey>(removeSessionConversions, key)
const conversionDelete = rowStatement<EventKey>(deleteRuledConversions, key)
const conversionUpdate = rowStatement<Change>(updateRuledConversions, { ...key, ...said })
const orderRelease = rowStatement<EventKey>(releaseOrders, key)
const conversionRename = rowStatement<Change>(renameRuledConversions, {
  ...key,
  occurred_at: ({ occurredAt }) => occurredAt,
  ...said,
})
const unnamedDelete = rowStatement<Change>(deleteUnnamedConversions, {
  ...key,
  conversion_id: ({ conversion }) => conversion?.conversionId ?? null,
})
const conversionInsert = rowStatement<InsertedRow>(insertRuledConversions, {
  ...key,
  ...said,
  occurred_at: ({ occurredAt }) => occurredAt,
  attribution_model: ({ credit }) => credit.model,
  lookback_days: ({ credit }) => credit.lookbackDays,
})
