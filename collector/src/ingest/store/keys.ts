/** Decides which events are new: compares idempotency keys within the group, and claims them in the database. */
import type { Verdict } from '@headwater/contract'
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type IngestEvent, isRejected, type Judged, type RejectedEvent } from '../event.ts'
import claimEventKeys from './sql/claim_event_keys.sql?raw'
import releaseEventKeys from './sql/release_event_keys.sql?raw'
import selectStoredKeys from './sql/select_stored_keys.sql?raw'

/** The verdict on each event of a group; valid only once its transaction has committed. */
export type Verdicts = Map<Judged, Verdict>

/** An event that may be new, with the id that it gets if it is. */
export interface Candidate {
  event: IngestEvent
  id: string
}

/** The first valid copy of each key, in the order of the events; later copies are duplicates in any case. */
export function firstCopies(judged: readonly Judged[]): IngestEvent[] {
  const first = new Map<string, IngestEvent>()
  for (const event of judged)
    if (!isRejected(event) && !first.has(event.copyName)) first.set(event.copyName, event)
  return [...first.values()]
}

/** Claims the keys of these events; returns those whose key was already stored. Waits for a concurrent claim of the same key. */
export async function claimKeys(tx: Queries, candidates: readonly Candidate[]): Promise<Set<IngestEvent>> {
  const rows = inLockOrder(candidates, ({ event }) => event.copyName)
  const taken = await runRows<{ position: number }, Candidate>(tx, keyClaim, rows)
  return new Set(taken.map(({ position }) => (rows[position - 1] as Candidate).event)) // positions in the rows, from 1
}

/** Gives back keys that this transaction has claimed: their events are not stored after all. */
export async function releaseKeys(tx: Queries, candidates: readonly Candidate[]): Promise<void> {
  await runRows(tx, keyRelease, candidates)
}

/** The stored keys of rejected events, as copy names: a stored key makes even an event that is too old a duplicate. */
export async function findStoredKeys(tx: Queries, rejected: readonly RejectedEvent[]): Promise<Set<string>> {
  const keyed = rejected.filter(({ key }) => key !== undefined)
  const rows = await runRows<{ website_id: string; idempotency_key: string }, RejectedEvent>(
    tx,
    keySelect,
    keyed,
  )
  return new Set(rows.map(({ website_id, idempotency_key }) => `${website_id} ${idempotency_key}`))
}

/**
 * Judges copies in order: the first valid one is stored, later ones are duplicates. A rejected copy does not claim the key, and
 * is itself a duplicate if the key is already stored.
 */
export function judgeKeys(
  judged: readonly Judged[],
  taken: Set<IngestEvent>,
  storedKeys: Set<string>,
): Verdicts {
  const seen = new Set(storedKeys)
  const verdicts: Verdicts = new Map()
  for (const event of judged) {
    const { copyName: name } = event
    if (name !== undefined && seen.has(name)) verdicts.set(event, 'duplicate')
    else if (isRejected(event)) verdicts.set(event, 'rejected')
    else verdicts.set(event, taken.has(event) ? 'duplicate' : 'accepted')
    if (!isRejected(event)) seen.add(event.copyName)
  }
  return verdicts
}

const keyColumns = {
  website_id: ({ event }: Candidate) => event.request.token.websiteId,
  idempotency_key: ({ event }: Candidate) => event.key,
  event_id: ({ id }: Candidate) => id,
}
const keyClaim = rowStatement<Candidate>(claimEventKeys, keyColumns)
const keyRelease = rowStatement<Candidate>(releaseEventKeys, keyColumns)

const keySelect = rowStatement<RejectedEvent>(selectStoredKeys, {
  website_id: ({ request }) => request.token.websiteId,
  idempotency_key: ({ key }) => key ?? null,
})
