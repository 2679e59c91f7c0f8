/** The operations on a person, for the command line and the API: they check the input and find the person that it names. */
import type { Db } from '@headwater/db/db'
import { z } from 'zod'
import { InputError, NotFoundError, readInput } from '../../operation-error.ts'
import type { Secrets } from '../../secrets.ts'
import { websiteId } from '../../websites/websites.ts'
import { eraseCustomer } from '../erase/erase-customer.ts'
import { type Erasure, findErasure, findErasureAt } from '../erase/erasure.ts'
import { type MergeOutcome, mergeCustomers, type UnmergeOutcome, unmergeCustomers } from '../merge.ts'
import { type ConflictPage, dismissConflict, listConflicts } from './conflicts.ts'
import { beginExport, continueExport, type ExportPlace } from './export-person.ts'
import { type ClearIdentity, findOwners, type IdentityOwner, onlyOwner } from './find-by-identity.ts'
import { findPerson, type Person } from './person.ts'
import { readRecord } from './person-record.ts'
import { fromCursor, toCursor } from './place.ts'
import { type PersonView, showPerson } from './show-person.ts'

export interface CustomerDeps {
  db: Db
  secrets: Secrets
  /** Epoch ms; default `Date.now`. */
  now?(): number
}

function rowId(what: string) {
  const message = `must be the id of a ${what}, as a text of digits`
  return z.string(message).regex(/^\d{1,18}$/, message)
}
const pageLimit = (most: number) =>
  z.coerce
    .number(`must be a number from 1 to ${most}`)
    .int()
    .min(1, `must be 1 to ${most}`)
    .max(most, `must be 1 to ${most}`)

/** Either the id of a customer, or an identity. */
const named = z.object({
  website: websiteId,
  customer: rowId('customer').optional(),
  type: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, 'must be user_id, cookie, email, email_hash, or a type of your own')
    .optional(),
  value: z.string().min(1, 'must not be empty').optional(),
})
type Named = z.infer<typeof named>

const showInput = named.extend({ cursor: z.string().optional(), limit: pageLimit(1_000).default(20) })
const findInput = z.object({
  website: websiteId,
  type: z.string('is missing: pass user_id, cookie, email, email_hash, or a type of your own'),
  value: z.string('is missing: pass the value of the identity').min(1, 'must not be empty'),
})
const mergeInput = z.strictObject({
  website: websiteId,
  from: rowId('customer'),
  into: rowId('customer'),
  reason: z.string().max(1_000, 'must have at most 1,000 characters').optional(),
  two_user_ids: z.enum(['refuse', 'unite'], 'must be refuse or unite').optional(),
})
const unmergeInput = z.strictObject({
  website: websiteId,
  merge: rowId('merge').optional(),
  customer: rowId('customer').optional(),
  from: rowId('customer').optional(),
})
const conflictsInput = z.object({
  website: websiteId,
  status: z.enum(['open', 'merged', 'dismissed'], 'must be open, merged or dismissed').default('open'),
  cursor: z.string().optional(),
  limit: pageLimit(1_000).default(100),
})
const dismissInput = z.object({ website: websiteId, conflict: rowId('conflict') })
const exportInput = named.extend({ cursor: z.string().optional() })

/** A person with the newest events; earlier ones by the cursor of the timeline. */
export async function showCustomer(deps: CustomerDeps, input: unknown): Promise<PersonView> {
  const { cursor, limit, ...name } = readInput(showInput, input)
  return showPerson(deps.db, {
    websiteId: name.website,
    customerId: await customerOf(deps, name),
    cursor,
    limit,
  })
}

/** Everyone who has or had an identity, the current owner first; empty when no one had. */
export async function findCustomers({ db, secrets }: CustomerDeps, input: unknown): Promise<IdentityOwner[]> {
  const { website, type, value } = readInput(findInput, input)
  return (await findOwners(db, secrets, { websiteId: website, type, value })).owners
}

/** Makes two customers one person. */
export async function mergeByHand({ db }: CustomerDeps, input: unknown, by: string): Promise<MergeOutcome> {
  const { website, two_user_ids: twoUserIds, ...pair } = readInput(mergeInput, input)
  for (const id of [pair.from, pair.into]) await findPerson(db, website, id) // no one whose rows are being removed
  return mergeCustomers(db, { websiteId: website, ...pair, by, twoUserIds })
}

/** Undoes a merge, or all merges of a customer. */
export async function unmergeByHand(
  { db }: CustomerDeps,
  input: unknown,
  by: string,
): Promise<UnmergeOutcome> {
  const { website, merge, customer, from } = readInput(unmergeInput, input)
  const person = customer === undefined ? undefined : await findPerson(db, website, customer)
  if (merge !== undefined) {
    if (person) await checkNames(db, person, merge)
    return unmergeCustomers(db, { websiteId: website, by, merge })
  }
  if (customer === undefined)
    throw new InputError([
      {
        field: 'merge',
        message: 'is missing. Pass the merge to undo, or the customer whose merges to undo.',
      },
    ])
  return unmergeCustomers(db, { websiteId: website, by, customer, from })
}

/** Throws a NotFoundError unless the merge names a customer of the person. */
async function checkNames(db: Db, person: Person, merge: string): Promise<void> {
  const { merges } = await readRecord(db, person)
  if (merges.some(({ id }) => id === merge)) return
  throw new NotFoundError(
    `Customer ${person.id} has no merge ${merge}. See \`headwater customer show ${person.id} --website ${person.websiteId}\`.`,
  )
}

/** Erases the whole person. `finished_at` is null in the receipt while rows remain: call again with its `customer_id`. */
export async function eraseByHand(deps: CustomerDeps, input: unknown, by: string): Promise<Erasure> {
  const name = readInput(named, input)
  const customerId = await customerToErase(deps, name)
  return eraseCustomer(deps.db, { websiteId: name.website, customerId, by, at: (deps.now ?? Date.now)() })
}

/** A piece of the export of a person, with the cursor of the next one; null: it was the last. */
export async function exportPiece(
  deps: CustomerDeps,
  input: unknown,
): Promise<{ text: string; cursor: string | null }> {
  const { cursor, ...name } = readInput(exportInput, input)
  const exporting = { queries: deps.db, secrets: deps.secrets }
  const at = (deps.now ?? Date.now)()
  const { text, next } =
    cursor === undefined
      ? await beginExport(exporting, {
          websiteId: name.website,
          customerId: await customerOf(deps, name),
          at,
        })
      : await continueExport(exporting, placeIn(name.website, cursor))
  return { text, cursor: next && toCursor(next) }
}

/** Identity conflicts, oldest first. */
export async function showConflicts({ db }: CustomerDeps, input: unknown): Promise<ConflictPage> {
  const { website, ...query } = readInput(conflictsInput, input)
  return listConflicts(db, { websiteId: website, ...query })
}

export async function dismissByHand(
  { db }: CustomerDeps,
  input: unknown,
): Promise<{ id: string; status: 'dismissed' }> {
  const { website, conflict } = readInput(dismissInput, input)
  return dismissConflict(db, website, conflict)
}

/** The customer that the input names. */
async function customerOf({ db, secrets }: CustomerDeps, name: Named): Promise<string> {
  return name.customer ?? onlyOwner(await findOwners(db, secrets, identityIn(name)))
}

/** Also finds a person by an identity whose erasure was interrupted or has ended, for its receipt. */
async function customerToErase({ db, secrets }: CustomerDeps, name: Named): Promise<string> {
  if (name.customer !== undefined) return name.customer
  const found = await findOwners(db, secrets, identityIn(name))
  if (found.owners.length > 0) return onlyOwner(found)
  const erasure =
    (await findErasure(db, name.website, { identityHash: found.valueHash })) ??
    (found.erasedAt && (await findErasureAt(db, name.website, found.erasedAt)))
  return erasure?.customer_id ?? onlyOwner(found)
}

function identityIn({ website, type, value }: Named): ClearIdentity {
  if (type === undefined || value === undefined)
    throw new InputError([
      {
        field: 'customer',
        message: 'is missing. Pass the id of a customer, or the type and the value of an identity.',
      },
    ])
  return { websiteId: website, type, value }
}

/** A cursor names customers by their ids, so it must not leave the website. */
function placeIn(website: string, cursor: string): ExportPlace {
  const place = fromCursor(cursor, isPlace)
  return { ...place, person: { ...place.person, websiteId: website } }
}

const isPlace = (value: unknown): value is ExportPlace => placeSchema.safeParse(value).success

const placeSchema = z.object({
  person: z.object({ id: rowId('customer'), customerIds: z.array(rowId('customer')).min(1).max(1_000) }),
  section: z.number().int().min(0).max(8),
  after: z.string().max(60).nullable(),
  hasRows: z.boolean(),
})
