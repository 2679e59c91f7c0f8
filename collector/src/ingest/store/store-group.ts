/** Stores a group of batches in one transaction of two round trips: the first reads what is known, the second writes. */
import type { Transaction } from '@headwater/db/db'
import type { Conversion } from '../../credit/conversion.ts'
import { creditConversions } from '../../credit/credit-conversions.ts'
import { enqueueCredit } from '../../credit/enqueue.ts'
import { insertConversions } from '../../credit/insert-conversions.ts'
import {
  type CustomerKey,
  lockCustomers,
  lockIdentities,
  type ResolvedCustomers,
  resolveCustomers,
  saveCustomers,
} from '../../identity/customers.ts'
import type { Customer } from '../../identity/resolve.ts'
import type { EventConversion } from '../../rules/conversion-of.ts'
import { countConversions, withoutUncounted } from '../../rules/count-conversions.ts'
import { creditRulesOf } from '../../rules/credit-rules.ts'
import type { Secrets } from '../../secrets.ts'
import { type IngestRequest, isRejected, type Judged, type OriginIdsOf, type OwnedEvent } from '../event.ts'
import { assignSessions } from '../sessions/assign-sessions.ts'
import { loadSessions, visitorOf } from '../sessions/known-sessions.ts'
import { splitLongSessions } from '../sessions/long-sessions.ts'
import type { GroupIds } from './group-ids.ts'
import { insertEvents } from './insert-events.ts'
import { joinSessions } from './join-sessions.ts'
import { type Candidate, claimKeys, findStoredKeys, firstCopies, judgeKeys, type Verdicts } from './keys.ts'
import { type PlacedEvent, type Placement, placeEvents } from './place.ts'
import { saveRejections } from './save-rejections.ts'
import { saveSessions } from './save-sessions.ts'
import { saveStreams } from './save-streams.ts'
import { saveTouches } from './save-touches.ts'
import { recordUsages } from './usage.ts'

/** The batches of a group, after the pure steps. */
export interface Group {
  requests: readonly IngestRequest[]
  judged: readonly Judged[]
  originIdsOf: OriginIdsOf
  ids: GroupIds
}

/** The outcome of a group; valid only once its transaction has committed. */
export interface StoredGroup {
  verdicts: Verdicts
  /** Stored events whose conversion was already counted, under the same name and conversion id. */
  repeatedConversions: Set<Judged>
}

/** Stores a group and commits. Statements that do not need each other's results are sent together, in this order. */
export async function storeGroup(tx: Transaction, group: Group, secrets: Secrets): Promise<StoredGroup> {
  const { requests, judged, originIdsOf, ids } = group
  const events = firstCopies(judged)
  const candidates = events.map((event): Candidate => ({ event, id: ids.event() }))
  const rejected = judged.filter(isRejected)

  const [storedKeys, taken, known, sessions] = await Promise.all([
    findStoredKeys(tx, rejected), // before this group claims its own
    claimKeys(tx, candidates),
    lockIdentities(tx, events),
    loadSessions(tx, events),
  ])
  const moved = await splitLongSessions(tx, events, sessions)
  const verdicts = judgeKeys(judged, taken, storedKeys)
  const fresh = candidates.filter(({ event }) => verdicts.get(event) === 'accepted')
  const customers = resolveCustomers(fresh.map(toClaimant), known, ids.customer)
  const owned = fresh.map((candidate, i) => toOwned(candidate, customers, i))
  const assigned = assignSessions(owned, sessions.recent)
  const placement = placeEvents(owned, assigned, { moved, stored: sessions.stored, newId: ids.session })
  const converting = placement.events.filter(isConversion)

  const write = () =>
    Promise.all([
      lockCustomers(tx, customersToLock(customers, placement, converting)),
      saveCustomers(tx, customers, known),
      saveSessions(tx, placement.sessions, originIdsOf),
      joinSessions(tx, placement),
      saveTouches(tx, placement, originIdsOf),
      insertEvents(tx, placement.events),
      saveRejections(
        tx,
        rejected.filter((event) => verdicts.get(event) === 'rejected'),
        secrets,
      ),
      saveStreams(tx, verdicts),
      recordUsages(tx, requests, verdicts),
    ])
  if (converting.length === 0) {
    await Promise.all([write(), tx.commit()])
    return { verdicts, repeatedConversions: new Set() }
  }
  // Credit depends on the touches just written, so this takes a third round trip.
  const conversions = converting.map(toConversion)
  const [, credited, count] = await Promise.all([
    write(),
    creditConversions(tx, conversions),
    countConversions(tx, conversions),
  ])
  const [inserted] = await Promise.all([
    insertConversions(tx, withoutUncounted(credited, count)),
    enqueueCredit(tx, count.undecided),
    tx.commit(),
  ])
  const repeated = converting.filter(({ owned }) => !inserted.has(owned.id))
  return { verdicts, repeatedConversions: new Set(repeated.map(({ owned }) => owned.event)) }
}

const toClaimant = ({ event }: Candidate) => ({
  websiteId: event.request.token.websiteId,
  occurredAt: event.occurredAt,
  cookie: event.cookie,
  user: event.user,
  others: event.others,
  emailHash: event.emailHash,
})

function toOwned({ event, id }: Candidate, { owners }: ResolvedCustomers, index: number): OwnedEvent {
  const customer = owners[index] as Customer // one for each event
  return { event, id, customer, visitor: visitorOf(event) }
}

/** The customers whose row, touches or conversions change. */
function customersToLock(
  { changed }: ResolvedCustomers,
  { touched }: Placement,
  converting: readonly PlacedEvent[],
): CustomerKey[] {
  return [...changed, ...touched, ...converting.map(({ owned }) => owned.customer)]
}

interface ConvertingEvent extends PlacedEvent {
  owned: OwnedEvent & { event: { conversion: EventConversion } }
}

const isConversion = (placed: PlacedEvent): placed is ConvertingEvent =>
  placed.owned.event.conversion !== null

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
