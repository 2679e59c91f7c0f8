/** Begins to erase a person: from then on nothing reaches the person, and nothing from before is stored any more. */
import type { Db, Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { addJob } from '@headwater/jobs/background-jobs'
import { lockCustomers } from '../lock-customers.ts'
import { lockPersons } from '../lock-persons.ts'
import { findPerson, type Person, paramsOf } from '../people/person.ts'
import { addErasure, type ErasureInProgress, noRows } from './erasure.ts'
import { ChangedMeanwhileError, repeatAfterConflict } from './repeat-after-conflict.ts'
import closeCustomers from './sql/close_customers.sql?raw'
import deletePersonConflicts from './sql/delete_person_conflicts.sql?raw'
import deletePersonLinks from './sql/delete_person_links.sql?raw'
import deletePersonMerges from './sql/delete_person_merges.sql?raw'
import selectPersonIdentities from './sql/select_person_identities.sql?raw'
import setTombstones from './sql/set_tombstones.sql?raw'

export interface EraseRequest {
  websiteId: string
  customerId: string
  /** Who erases: `cli`, or `token <id>`. */
  by: string
  /** Epoch ms. */
  at: number
}

/**
 * In one transaction: the identities of the person get `erased_at` and leave it, its merges and conflicts go, and a job is
 * added that removes the rest, should the caller not do it. Throws a NotFoundError when there is no such customer.
 */
export const beginErasure = (db: Db, request: EraseRequest): Promise<ErasureInProgress> =>
  repeatAfterConflict(() => db.transaction((tx) => begin(tx, request)))

async function begin(tx: Queries, request: EraseRequest): Promise<ErasureInProgress> {
  const { websiteId, customerId, by, at } = request
  const person = await lockPerson(tx, websiteId, customerId)
  const params = paramsOf(person)
  const erased_at = new Date(at).toISOString()
  const [marked, links, merges, conflicts] = await Promise.all([
    run<{ value_hash: string }, keyof typeof params | 'erased_at'>(tx, tombstones, { ...params, erased_at }),
    run<Removed, keyof typeof params>(tx, linkDelete, params),
    run<Removed, keyof typeof params>(tx, mergeDelete, params),
    run<Removed, keyof typeof params>(tx, conflictDelete, params),
    run<never, keyof typeof params>(tx, customerClose, params),
  ])
  const erasure = {
    website_id: websiteId,
    customer_id: person.id,
    erased_by: by,
    customer_ids: [...person.customerIds],
    erased_at,
    finished_at: null,
    identities: marked.length,
    rows: {
      ...noRows,
      customer_identity_links: removedBy(links),
      customer_merges: removedBy(merges),
      identity_conflicts: removedBy(conflicts),
    },
    pending: { identity_hashes: marked.map(({ value_hash }) => value_hash), stage: 0, rejected_to: '0' },
  }
  const id = await addErasure(tx, erasure)
  // The caller removes rows first; the job finishes.
  await addJob(tx, { websiteId, kind: 'erase', input: { erasure: id }, afterMs: 60_000 })
  return { ...erasure, id }
}

interface Removed {
  removed: number
}

const removedBy = ([row]: Removed[]) => row?.removed ?? 0

/**
 * Locks the identities, then those who decide about persons, then the customers: the order of ingest. Events of the person wait
 * from now on, and then see that it is erased.
 */
async function lockPerson(tx: Queries, websiteId: string, customerId: string): Promise<Person> {
  const lockIdentities = (person: Person) =>
    run<{ id: string }, 'website_id' | 'customer_ids'>(tx, identityLock, paramsOf(person))
  const locked = await lockIdentities(await findPerson(tx, websiteId, customerId))
  await lockPersons(tx, [websiteId])
  const person = await findPerson(tx, websiteId, customerId)
  const customers = person.customerIds.map((id) => ({ websiteId, id }))
  await lockCustomers(tx, customers)
  const known = new Set(locked.map(({ id }) => id))
  const now = await lockIdentities(person)
  if (now.some(({ id }) => !known.has(id)))
    throw new ChangedMeanwhileError('The person gained an identity while its locks were awaited.')
  return person
}

const identityLock = statement(selectPersonIdentities, 'website_id', 'customer_ids')
const tombstones = statement(setTombstones, 'website_id', 'customer_ids', 'erased_at')
const linkDelete = statement(deletePersonLinks, 'website_id', 'customer_ids')
const mergeDelete = statement(deletePersonMerges, 'website_id', 'customer_ids')
const conflictDelete = statement(deletePersonConflicts, 'website_id', 'customer_ids')
const customerClose = statement(closeCustomers, 'website_id', 'customer_ids')
