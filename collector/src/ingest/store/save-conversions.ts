/** Credits the conversions among a group's events, decides which of them count, and inserts them. */
import type { Transaction } from '@headwater/db/db'
import type { Conversion } from '../../credit/conversion.ts'
import { countConversions, withoutUncounted } from '../../credit/counting/count-conversions.ts'
import { creditConversions } from '../../credit/credit-conversions.ts'
import { creditRulesOf } from '../../credit/credit-rules.ts'
import { enqueueCredit } from '../../credit/enqueue.ts'
import { insertConversions } from '../../credit/insert-conversions.ts'
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
  const [credited, count] = await Promise.all([
    creditConversions(tx, conversions),
    countConversions(tx, conversions),
  ])
  const [inserted] = await Promise.all([
    insertConversions(tx, withoutUncounted(credited, count)),
    enqueueCredit(tx, count.undecided),
    tx.commit(),
  ])
  return events.filter(({ owned }) => !inserted.has(owned.id))
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
