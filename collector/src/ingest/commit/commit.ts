/** Commits a group of batches, and handles each way in which the database can fail. */
import { type Db, sqlstateOf, type Transaction } from '@headwater/db/db'
import type { Partitions } from '@headwater/db/partitions'
import { unavailable } from '@headwater/server/problem'
import type { Secrets } from '../../secrets.ts'
import { type IngestEvent, type IngestRequest, isRejected, type Judged, type Origin } from '../event.ts'
import { rejectUnstorable } from '../judge/rejection.ts'
import type { ReserveIds } from '../store/group-ids.ts'
import { type Group, type StoredGroup, storeGroup } from '../store/store-group.ts'
import type { Dimensions, WebsiteOrigin } from './dimensions.ts'
import { findPoison } from './poison.ts'

/** A batch after the pure steps. */
export interface JudgedBatch {
  request: IngestRequest
  judged: Judged[]
}

/** A batch as it was stored: `judged` may hold rejections that the database forced. */
export interface StoredBatch extends JudgedBatch, Omit<StoredGroup, 'replaced'> {}

interface Deps {
  db: Db
  secrets: Secrets
  partitions: Partitions
  dimensions: Dimensions
  reserveIds: ReserveIds
  onError(error: unknown): void
}

/** Failures that are worth another attempt; three in a row mean another problem. */
const attempts = 3

/** Creates `commit`, which stores batches in one transaction and throws the Problem `unavailable` if it cannot. */
export function createCommit({ db, secrets, partitions, dimensions, reserveIds, onError }: Deps) {
  /** Prepares what must not wait under the transaction's locks, then runs `work` in a transaction. */
  async function inTransaction(
    batches: JudgedBatch[],
    work: (tx: Transaction, group: Group) => Promise<StoredGroup>,
  ): Promise<StoredGroup> {
    const judged = batches.flatMap((batch) => batch.judged)
    const events = judged.filter((event): event is IngestEvent => !isRejected(event))
    await partitions.ensure(events.map(({ occurredAt }) => occurredAt))
    const originIdsOf = await dimensions.resolve(originsOf(events))
    const ids = await reserveIds(events)
    const requests = batches.map(({ request }) => request)
    return db.transaction((tx) => work(tx, { requests, judged, originIdsOf, ids })).finally(ids.release)
  }

  const store = (batches: JudgedBatch[]) =>
    inTransaction(batches, (tx, group) => storeGroup(tx, group, secrets))

  async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!isWorthRepeating(error) || attempt === attempts) throw error
        if (isMissingPartition(error)) partitions.forget() // it was dropped meanwhile
      }
    }
  }

  /** Tries to store events, in a transaction that is rolled back. */
  async function isStorable(events: IngestEvent[]): Promise<boolean> {
    const undo = new Error('Rolled back on purpose: this was a trial.')
    const [first] = events
    if (!first) return true
    const trial = () =>
      inTransaction([{ request: first.request, judged: events }], async (tx, group) => {
        await storeGroup({ query: tx.query, commit: async () => {} }, group, secrets)
        throw undo
      })
    try {
      await patiently(trial)
    } catch (error) {
      if (error === undo) return true
      if (isData(error)) return false
      throw error
    }
    return true
  }

  /** Searches batch by batch, so that one full of poison costs each of the others only one trial. */
  async function withoutPoison(batches: JudgedBatch[]): Promise<JudgedBatch[]> {
    const poison = new Set<Judged>()
    for (const { judged } of batches) {
      const events = judged.filter((event): event is IngestEvent => !isRejected(event))
      for (const event of await findPoison(events, isStorable)) poison.add(event)
    }
    const reject = (event: Judged) =>
      poison.has(event) && !isRejected(event) ? rejectUnstorable(event) : event
    return batches.map(({ request, judged }) => ({ request, judged: judged.map(reject) }))
  }

  return async function commit(batches: JudgedBatch[]): Promise<StoredBatch[]> {
    let storable = batches
    try {
      const group = await patiently(() => store(batches)).catch(async (error: unknown) => {
        if (!isData(error)) throw error
        onError(error) // the rejections do not name the constraint
        storable = await withoutPoison(batches)
        return patiently(() => store(storable))
      })
      const { replaced, ...stored } = group
      return storable.map(({ request, judged }) => ({
        request,
        judged: judgedIn(judged, replaced),
        ...stored,
      }))
    } catch (error) {
      throw unavailable('The database did not store the events.', error)
    }
  }
}

/** The events as the transaction judged them: it knows who was erased. */
const judgedIn = (judged: Judged[], replaced: StoredGroup['replaced']): Judged[] =>
  replaced.size === 0 ? judged : judged.map((event) => replaced.get(event) ?? event)

/** A missing partition has the SQLSTATE of a violated check. */
function isMissingPartition(error: unknown): boolean {
  return sqlstateOf(error) === '23514' && /no partition of relation/.test((error as Error).message)
}

/** A dimension was deleted meanwhile: another attempt makes it again. */
const isMissingReference = (error: unknown): boolean => sqlstateOf(error) === '23503'

const isWorthRepeating = (error: unknown): boolean =>
  isConflict(error) || isMissingPartition(error) || isMissingReference(error)

const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlstateOf(error) ?? '')

/** Classes 22 (data exception) and 23 (constraint violation), and 54000 (a value too large for an index). */
const isData = (error: unknown): boolean => /^(22|23|54000)/.test(sqlstateOf(error) ?? '')

/** Each origin once; the events of a session share one object. */
function originsOf(events: IngestEvent[]): WebsiteOrigin[] {
  const origins = new Map<Origin, WebsiteOrigin>()
  for (const { request, session, arrival, touches, earlierTouches } of events) {
    const { websiteId } = request.token
    const opened = session ?? arrival
    if (opened) origins.set(opened.origin, { websiteId, origin: opened.origin })
    for (const { origin } of touches) origins.set(origin, { websiteId, origin })
    for (const { origin } of earlierTouches) origins.set(origin, { websiteId, origin })
  }
  return [...origins.values()]
}
