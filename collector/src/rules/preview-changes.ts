/** Says what changes of conversions would come to, without making them. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { ConversionRule } from '@headwater/server/conversion-rule'
import type { Change, ChangeCounts } from './change-conversions.ts'
import { changeOfConversion, type RuledRow } from './change-of.ts'
import selectOrderHolders from './sql/select_order_holders.sql?raw'

/**
 * Orders that earlier pages would make conversions of. Events come in the order of their time, and those that report one order
 * are close to each other. A guess; 10,000 take 0.2 MB in the row of the job.
 */
const rememberedOrders = 10_000

export interface Previewed {
  counts: ChangeCounts
  /** To pass with the next page, the latest last. */
  orders: string[]
}

export interface PreviewedPage {
  websiteId: string
  /** The rules as they are now. */
  rules: readonly ConversionRule[]
  changes: readonly Change[]
  /** Of the pages before. */
  orders: readonly string[]
}

/** Counts as `changeConversions` would: an order that another conversion has is not made one again. */
export async function previewChanges(tx: Queries, page: PreviewedPage): Promise<Previewed> {
  const changes = inLockOrder(page.changes, ({ occurredAt, eventId }) => `${occurredAt} ${eventId}`)
  const taken = new Set([...page.orders, ...(await ordersThatStay(tx, page))])
  const orders = [...page.orders]
  const counts: ChangeCounts = { made: 0, changed: 0, removed: 0, credited_again: 0 }
  // As `changeConversions` does: renamed conversions get their orders before new ones.
  for (const change of [...changes.filter(isRename), ...changes.filter((each) => !isRename(each))]) {
    const outcome = outcomes[change.kind]
    const order = hasOrder(change) ? orderOf(change) : undefined
    if (order !== undefined && taken.has(order)) {
      if (isRename(change)) counts.removed += 1
      continue
    }
    counts[outcome] += 1
    if (order === undefined) continue
    taken.add(order)
    orders.push(order)
  }
  return { counts, orders: orders.slice(-rememberedOrders) }
}

const outcomes: Record<Change['kind'], keyof ChangeCounts> = {
  insert: 'made',
  update: 'changed',
  rename: 'changed',
  delete: 'removed',
  credit: 'credited_again',
}

const isRename = ({ kind }: Change) => kind === 'rename'

/** Whether it gets an order number that only one conversion may have; refunds share that of their purchase. */
const hasOrder = ({ kind, conversion }: Change) =>
  (kind === 'insert' || kind === 'rename') &&
  conversion !== null &&
  conversion.conversionId !== null &&
  (conversion.valueCents ?? 0) >= 0

const orderOf = ({ conversion }: Change) => JSON.stringify([conversion?.name, conversion?.conversionId])

/** The orders of these changes that a stored conversion has and keeps. */
async function ordersThatStay(tx: Queries, { websiteId, rules, changes }: PreviewedPage): Promise<string[]> {
  const holders = await runRows<HolderRow, Change>(tx, orderHolders, changes.filter(hasOrder))
  const staying = holders.filter((row) => row.rule_id === null || keepsOrder(row as RuledRow)) // a rule made it
  return staying.map((row) => JSON.stringify([row.stored_name, row.stored_conversion_id]))

  function keepsOrder(row: RuledRow): boolean {
    const kind = changeOfConversion(row, websiteId, rules)?.kind
    return kind !== 'delete' && kind !== 'rename'
  }
}

type HolderRow = Omit<RuledRow, 'rule_id'> & {
  /** Null: the event said that it is a conversion. */
  rule_id: string | null
}

const orderHolders = rowStatement<Change>(selectOrderHolders, {
  website_id: ({ websiteId }) => websiteId,
  name: ({ conversion }) => conversion?.name ?? null,
  conversion_id: ({ conversion }) => conversion?.conversionId ?? null,
})
