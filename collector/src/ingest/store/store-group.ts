/** Stores a group of batches in one transaction of two round trips: the first reads what is known, the second writes. */
import type { Transaction } from '@headwater/db/db'
import type { Conversion } from '../../credit/conversion.ts'
import { countConversions, withoutUncounted } from '../../credit/counting/count-conversions.ts'
import { creditConversions } from '../../credit/credit-conversions.ts'
import { creditRulesOf } from '../../credit/credit-rules.ts'
import { enqueueCredit } from '../../credit/enqueue.ts'
import { insertConversions } from '../../credit/insert-conversions.ts'
import { enqueueLateChanges } from '../../credit/late-touches.ts'
import type { Customer, CustomerKey } from '../../identity/customer.ts'
import { lockIdentities } from '../../identity/load-customers.ts'
import { lockCustomers } from '../../identity/lock-customers.ts'
import { lockPersons } from '../../identity/lock-persons.ts'
import { type Claimant, type ResolvedCustomers, resolveCustomers } from '../../identity/resolve-customers.ts'
import { saveCustomers } from '../../identity/save-customers.ts'
import { prepareUnion, saveSeenConflicts, unite } from '../../identity/unite-group.ts'
import type { EventConversion } from '../../rules/conversion-of.ts'
import type { Secrets } from '../../secrets.ts'
import { type IngestRequest, isRejected, type Judged, type OriginIdsOf, type OwnedEvent } from '../event.ts'
import { assignSessions } from '../sessions/assign-sessions.ts'
import { loadSessions, visitorOf } from '../sessions/known-sessions.ts'
import { splitLongSessions } from '../sessions/long-sessions.ts'
import { forgetErased, forgetSessions } from './forget-erased.ts'
import type { GroupIds } from './group-ids.ts'
import { insertEvents } from './insert-events.ts'
import { joinSessions } from './join-sessions.ts'
import {
  type Candidate,
  claimKeys,
  findStoredKeys,
  firstCopies,
  judgeKeys,
  releaseKeys,
  type Verdicts,
} from './keys.ts'
import { pathChanges } from './path-changes.ts'
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
  /** What took the place of events of erased people: `verdicts` has these. */
  replaced: ReadonlyMap<Judged, Judged>
}

/** Stores a group and commits. Statements that do not need each other's results are sent together, in this order. */
export async function storeGroup(tx: Transaction, group: Group, secrets: Secrets): Promise<StoredGroup> {
  const { requests, judged, originIdsOf, ids } = group
  const events = firstCopies(judged)
  const candidates = events.map((event): Candidate => ({ event, id: ids.event() }))
  const rejected = judged.filter(isRejected)

  const [storedKeys, taken, known, loaded] = await Promise.all([
    findStoredKeys(tx, rejected), // before this group claims its own
    claimKeys(tx, candidates),
    lockIdentities(tx, events),
    loadSessions(tx, events),
  ])
  const kept = forgetErased({ judged, candidates, taken }, known.erasedAt)
  const keptEvents = kept.candidates.map(({ event }) => event)
  const current = kept.hasNewSessions ? await loadSessions(tx, keptEvents) : loaded
  const sessions = forgetSessions(current, known.erasedAt)
  const moved = await splitLongSessions(tx, keptEvents, sessions)
  const verdicts = judgeKeys(kept.judged, taken, storedKeys)
  const fresh = kept.candidates.filter(({ event }) => verdicts.get(event) === 'accepted')
  const customers = resolveCustomers(fresh.map(toClaimant), known, ids.customer)
  const owned = fresh.map((candidate, i) => toOwned(candidate, customers, i))
  const assigned = assignSessions(owned, sessions.recent)
  const placement = placeEvents(owned, assigned, { moved, stored: sessions.stored, newId: ids.session })
  const converting = placement.events.filter(isConversion)
  const union = await prepareUnion(tx, customers, known)

  const write = () =>
    Promise.all([
      releaseKeys(tx, kept.released),
      lockPersons(tx, union ? [] : customers.conflicts.map(({ customer }) => customer.websiteId)),
      lockCustomers(tx, [...customersToLock(customers, placement, converting), ...(union?.customers ?? [])]),
      saveCustomers(tx, customers, known),
      saveSeenConflicts(tx, union ? [] : customers.conflicts, known),
      saveSessions(tx, placement.sessions, originIdsOf),
      joinSessions(tx, placement),
      saveTouches(tx, placement, originIdsOf),
      enqueueLateChanges(tx, pathChanges(placement, customers.opened)),
      insertEvents(tx, placement.events),
      saveRejections(
        tx,
        kept.judged.filter(isRejected).filter((event) => verdicts.get(event) === 'rejected'),
        secrets,
      ),
      saveStreams(tx, verdicts),
      recordUsages(tx, requests, verdicts),
    ])
  const written = write()
  // Who is one person depends on what was just written, and credit on who is one person: two more round trips.
  if (union) await Promise.all([written, unite(tx, union)])
  if (converting.length === 0) {
    await Promise.all([written, tx.commit()])
    return { verdicts, repeatedConversions: new Set(), replaced: kept.replaced }
  }
  // Credit depends on the touches just written, so this takes a third round trip.
  const conversions = converting.map(toConversion)
  const [, credited, count] = await Promise.all([
    written,
    creditConversions(tx, conversions),
    countConversions(tx, conversions),
  ])
  const [inserted] = await Promise.all([
    insertConversions(tx, withoutUncounted(credited, count)),
    enqueueCredit(tx, count.undecided),
    tx.commit(),
  ])
  const repeated = converting.filter(({ owned }) => !inserted.has(owned.id))
  const repeatedConversions = new Set(repeated.map(({ owned }) => owned.event))
  return { verdicts, repeatedConversions, replaced: kept.replaced }
}

const toClaimant = ({ event, id }: Candidate): Claimant => ({
  websiteId: event.request.token.websiteId,
  eventId: id,
  isTrusted: event.request.token.kind === 'secret',
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
