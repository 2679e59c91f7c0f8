/** Saves what was resolved: new and changed customers, and the owners of their identities. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Customer, IdentityKey } from './customer.ts'
import type { NewOwnership, Ownership } from './ledger.ts'
import type { KnownCustomers } from './load-customers.ts'
import type { ResolvedCustomers } from './resolve-customers.ts'
import insertCustomers from './sql/insert_customers.sql?raw'
import insertLinks from './sql/insert_links.sql?raw'
import updateCustomers from './sql/update_customers.sql?raw'
import updateLinks from './sql/update_links.sql?raw'

/** Sends all statements in one round trip. The changed customers must be locked. */
export async function saveCustomers(
  tx: Queries,
  { opened, changed, links, moved }: ResolvedCustomers,
  { identityIds, before }: KnownCustomers,
): Promise<void> {
  const idOf = (key: IdentityKey) => identityIds.get(key) as string // lockIdentities returns one for each identity
  const toRow = (customer: Customer): CustomerRow => ({
    ...customer,
    // A user id that the customer had before need not be among the identities of these events; the update keeps it.
    userId: (customer.user && identityIds.get(customer.user)) ?? null,
    before: before.get(customer),
  })
  const [updated] = await Promise.all([
    runRows(tx, customerUpdate, inLockOrder(changed, ({ id }) => id).map(toRow)),
    runRows(tx, customerInsert, opened.map(toRow)),
    // What ends first: an identity has one owner at a time.
    runRows(
      tx,
      linkUpdate,
      inLockOrder(moved, ({ id = '' }) => id),
    ),
    runRows(
      tx,
      linkInsert,
      links.map((link) => ({ ...link, identityId: idOf(link.identity) })),
    ),
  ])
  if (updated.length < changed.length) throw new Error('A customer would have received a second user id.')
}

interface CustomerRow extends Customer {
  /** The id of its user identity. */
  userId: string | null
  /** As it was read; undefined: opened here. */
  before: Customer | undefined
}

const customerColumns = {
  website_id: ({ websiteId }: CustomerRow) => websiteId,
  id: ({ id }: CustomerRow) => id,
  user_identity_id: ({ userId }: CustomerRow) => userId,
  first_seen_at: ({ firstSeenAt }: CustomerRow) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }: CustomerRow) => lastSeenAt,
  email_hash: ({ emailHash }: CustomerRow) => emailHash,
}

const customerUpdate = rowStatement<CustomerRow>(updateCustomers, {
  ...customerColumns,
  new_identities: ({ identityCount, before }) => identityCount - (before?.identityCount ?? 0),
  merge_count: ({ before }) => before?.mergeCount ?? 0,
})

const customerInsert = rowStatement<CustomerRow>(insertCustomers, {
  ...customerColumns,
  identity_count: ({ identityCount }) => identityCount,
})

const linkUpdate = rowStatement<Ownership>(updateLinks, {
  website_id: ({ customer }) => customer.websiteId,
  id: ({ id }) => id ?? null, // only known ones move
  since: ({ startedAt }) => startedAt,
  until: ({ endedAt }) => endedAt,
})

const linkInsert = rowStatement<NewOwnership & { identityId: string }>(insertLinks, {
  website_id: ({ customer }) => customer.websiteId,
  identity_id: ({ identityId }) => identityId,
  customer_id: ({ customer }) => customer.id,
  since: ({ startedAt }) => startedAt,
  until: ({ endedAt }) => endedAt,
  confidence: ({ confidence }) => confidence,
})
