/** Credits the conversions among a group's events, decides which of them count, and inserts them. */
import type { Transaction } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { type Conversion, type CreditedConversion, noCredit } from '../../credit/conversion.ts'
import { countConversions, withoutUncounted } from '../../credit/counting/count-conversions.ts'
import { creditConversions } from '../../credit/credit-conversions.ts'
import { creditRulesOf } from '../../credit/credit-rules.ts'
import { type CreditTask, enqueueCredit } from '../../credit/enqueue.ts'
import { insertConversions } from '../../credit/insert-conversions.ts'
import { lockOrders } from '../../credit/lock-orders.ts'
import type { EventConversion } from '../../rules/conversion-of.ts'
import type { OwnedEvent } from '../event.ts'
import type { PlacedEvent } from './place.ts'

/** An event that is a conversion. */
export interface ConvertingEvent extends PlacedEvent {
  owned: OwnedEvent & { event: { conversion: EventConversion } }
}

export const isConversion = (placed: PlacedEvent): placed is ConvertingEvent =>
  placed.owned.event.conversion !== null

/**
 * Commits, and returns the events whose conversion was stored before, under the same name and order number. What was sent
 * before in this transaction, touches above all, must not be waited for: it is read after them on the same connection.
 */
export async function saveConversions(
  tx: Transaction,
  events: readonly ConvertingEvent[],
): Promise<ConvertingEvent[]> {
  const conversions = events.map(toConversion)
  const [, all, count] = await Promise.all([
    lockOrders(tx, conversions),
    creditConversions(tx, conversions),
    countConversions(tx, conversions),
  ])
  const { credited, deferred } = withinBudget(withoutUncounted(all, count))
  const [inserted] = await Promise.all([
    insertConversions(tx, credited),
    enqueueCredit(tx, [...count.undecided, ...deferred]),
    tx.commit(),
  ])
  return events.filter(({ owned }) => !inserted.has(owned.id))
}

/**
 * Rows of credit that a group writes itself, one for each model and touch: about a third of a second. What a script can cause,
 * hundreds of purchases after hundreds of touches, would take longer than a transaction may.
 */
const creditRowsPerGroup = 3_000

/** Conversions beyond the budget are stored without credit, and the worker credits them. */
function withinBudget(conversions: readonly CreditedConversion[]) {
  let rows = 0
  const deferred: CreditTask[] = []
  const credited = conversions.map((one): CreditedConversion => {
    rows += one.credit.credits.length
    if (rows <= creditRowsPerGroup) return one
    const { websiteId, customerId } = one
    deferred.push({ websiteId, customerId, reason: 'deferred' })
    return { ...one, credit: noCredit }
  })
  return { credited, deferred: inLockOrder(deferred, ({ customerId }) => customerId) }
}

function toConversion({ owned, session }: ConvertingEvent): Conversion {
  const { conversion, request, occurredAt } = owned.event
  return {
    ...conversion,
    websiteId: request.token.websiteId,
    customerId: owned.customer.id,
    sessionId: session?.id ?? null,
    eventId: owned.id,
    occurredAt,
    rules: creditRulesOf(request.token.settings, conversion.rule),
  }
}
