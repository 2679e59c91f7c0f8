/** The first round trip of a group: claims its keys and locks, reads what is known, and decides without I/O what is to be written. */
import type { Transaction } from '@headwater/db/db'
import type { Customer } from '../../identity/customer.ts'
import { type KnownCustomers, lockIdentities } from '../../identity/load-customers.ts'
import { type Claimant, type ResolvedCustomers, resolveCustomers } from '../../identity/resolve-customers.ts'
import { isRejected, type Judged, type OwnedEvent, type RejectedEvent } from '../event.ts'
import { assignSessions } from '../sessions/assign-sessions.ts'
import { loadSessions, visitorOf } from '../sessions/known-sessions.ts'
import { splitLongSessions } from '../sessions/long-sessions.ts'
import { forgetErased, forgetSessions } from './forget-erased.ts'
import type { GroupIds } from './group-ids.ts'
import { type Candidate, claimKeys, findStoredKeys, firstCopies, judgeKeys, type Verdicts } from './keys.ts'
import { type Placement, placeEvents } from './place.ts'

/** What is to be written of a group. */
export interface DecidedGroup {
  verdicts: Verdicts
  known: KnownCustomers
  customers: ResolvedCustomers
  placement: Placement
  rejected: RejectedEvent[]
  /** Claimed keys of events that are rejected after all. */
  released: readonly Candidate[]
  /** What took the place of events of erased people: `verdicts` has these. */
  replaced: ReadonlyMap<Judged, Judged>
}

/** A second trip happens only for sessions of more than a day, and for people who were erased. */
export async function readGroup(
  tx: Transaction,
  judged: readonly Judged[],
  ids: GroupIds,
): Promise<DecidedGroup> {
  const events = firstCopies(judged)
  const candidates = events.map((event): Candidate => ({ event, id: ids.event() }))
  const [storedKeys, taken, known, loaded] = await Promise.all([
    findStoredKeys(tx, judged.filter(isRejected)), // before this group claims its own
    claimKeys(tx, candidates),
    lockIdentities(tx, events),
    loadSessions(tx, events),
  ])
  const kept = forgetErased({ judged, candidates, taken }, known)
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
  const rejected = kept.judged.filter(isRejected).filter((event) => verdicts.get(event) === 'rejected')
  return { verdicts, known, customers, placement, rejected, released: kept.released, replaced: kept.replaced }
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
