/** Stores a group of batches in one transaction of two round trips: the first reads what is known, the second writes. */
import type { Transaction } from '@headwater/db/db'
import { enqueueLateChanges } from '../../credit/late-touches.ts'
import { lockCustomers } from '../../identity/lock-customers.ts'
import { lockPersons } from '../../identity/lock-persons.ts'
import { saveCustomers } from '../../identity/save-customers.ts'
import { prepareUnion, saveSeenConflicts, type Union, unite } from '../../identity/unite-group.ts'
import type { Secrets } from '../../secrets.ts'
import type { IngestRequest, Judged, OriginIdsOf } from '../event.ts'
import type { GroupIds } from './group-ids.ts'
import { insertEvents } from './insert-events.ts'
import { joinSessions } from './join-sessions.ts'
import { releaseKeys } from './keys.ts'
import { pathChanges } from './path-changes.ts'
import { type DecidedGroup, readGroup } from './read-group.ts'
import { isConversion, saveConversions } from './save-conversions.ts'
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
export interface StoredGroup extends Pick<DecidedGroup, 'verdicts' | 'replaced'> {
  /** Stored events whose conversion was already counted, under the same name and conversion id. */
  repeatedConversions: Set<Judged>
}

/** Stores a group and commits. Statements that do not need each other's results are sent together. */
export async function storeGroup(tx: Transaction, group: Group, secrets: Secrets): Promise<StoredGroup> {
  const decided = await readGroup(tx, group.judged, group.ids)
  const { verdicts, replaced, placement } = decided
  const converting = placement.events.filter(isConversion)
  const union = await prepareUnion(tx, decided.customers, decided.known)
  const written = write(tx, { ...group, ...decided, union, secrets })
  // Who is one person depends on what was just written, and credit on who is one person: two more round trips.
  if (union) await Promise.all([written, unite(tx, union)])
  if (converting.length === 0) {
    await Promise.all([written, tx.commit()])
    return { verdicts, replaced, repeatedConversions: new Set() }
  }
  // Credit depends on the touches just written, so this takes a third round trip.
  const [, repeated] = await Promise.all([written, saveConversions(tx, converting)])
  return { verdicts, replaced, repeatedConversions: new Set(repeated.map(({ owned }) => owned.event)) }
}

type Writing = Group & DecidedGroup & { union: Union | undefined; secrets: Secrets }

/** Sends all statements in one round trip, in the order in which rows are locked. */
function write(tx: Transaction, writing: Writing): Promise<unknown> {
  const { customers, known, placement, verdicts, originIdsOf, requests, union } = writing
  // With a union, `unite` saves the conflicts.
  const conflicts = union ? [] : customers.conflicts
  return Promise.all([
    releaseKeys(tx, writing.released),
    lockPersons(
      tx,
      conflicts.map(({ customer }) => customer.websiteId),
    ),
    lockCustomers(tx, customersToLock(writing)),
    saveCustomers(tx, customers, known),
    saveSeenConflicts(tx, conflicts, known),
    saveSessions(tx, placement.sessions, originIdsOf),
    joinSessions(tx, placement),
    saveTouches(tx, placement, originIdsOf),
    enqueueLateChanges(tx, pathChanges(placement, customers.opened)),
    insertEvents(tx, placement.events),
    saveRejections(tx, writing.rejected, writing.secrets),
    saveStreams(tx, verdicts),
    recordUsages(tx, requests, verdicts),
  ])
}

/** The customers whose row, touches or conversions change. */
const customersToLock = ({ customers, placement, union }: Writing) => [
  ...customers.changed,
  ...placement.touched,
  ...placement.events.filter(isConversion).map(({ owned }) => owned.customer),
  ...(union?.customers ?? []),
]
