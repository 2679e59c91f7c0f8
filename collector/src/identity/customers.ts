/** Finds or opens the customer of each event, inside the transaction that stores them. */

import { type Columns, queryRows, toInstant } from '@headwater/db/columns'
import type { Queries } from '@headwater/db/db'
import { type OwnerRow, readLedger } from './ledger.ts'
import {
  type Claim,
  type Customer,
  type IdentityKey,
  type IdentityRef,
  keyOf,
  type NewOwnership,
  resolveOwners,
} from './resolve.ts'
import endLinks from './sql/end_links.sql?raw'
import insertCustomers from './sql/insert_customers.sql?raw'
import insertLinks from './sql/insert_links.sql?raw'
import reserveCustomerIds from './sql/reserve_customer_ids.sql?raw'
import selectIdentityOwners from './sql/select_identity_owners.sql?raw'
import updateCustomers from './sql/update_customers.sql?raw'
import upsertIdentities from './sql/upsert_identities.sql?raw'

/** An event as far as its customer goes. */
export interface IdentifiedEvent {
  websiteId: string
  occurredAt: number
  cookie?: IdentityRef
  user?: IdentityRef
  /** E-mail hashes and the website's own kinds. */
  others: IdentityRef[]
  emailHash?: string
}

export interface ResolvedCustomers {
  /** The customer of each event, in their order. */
  owners: Customer[]
  /** The id of an identity that came with these events. */
  identityId(websiteId: string, identity: IdentityRef): string
}

/** The row locks of the identities, taken in key order, are the only mutex: who comes second sees what the first decided. */
export async function resolveCustomers(
  tx: Queries,
  events: readonly IdentifiedEvent[],
): Promise<ResolvedCustomers> {
  const seen = collectIdentities(events)
  const owners = { sql: selectIdentityOwners, columns: identityColumns, rows: seen }
  const [, ownerRows] = await Promise.all([
    queryRows(tx, { sql: upsertIdentities, columns: { ...identityColumns, ...seenColumns }, rows: seen }),
    queryRows<SeenIdentity, OwnerRow>(tx, owners),
  ])
  const { ledger, ids, customers } = readLedger(ownerRows)
  const identityId = (key: IdentityKey) => ids.get(key) as string // the upsert has made a row for every identity

  const before = new Map(customers.map((customer) => [customer, { ...customer }]))
  const opened: Customer[] = []
  const resolution = resolveOwners(events.map(toClaim), ledger, (claim) => openCustomer(claim, opened))
  await nameCustomers(tx, opened)
  const changed = [...before].filter(([now, old]) => hasChanged(now, old)).map(([customer]) => customer)

  const columns = customerColumns(identityId)
  const [updated] = await Promise.all([
    queryRows(tx, { sql: updateCustomers, columns, rows: changed.sort(byId) }),
    queryRows(tx, { sql: insertCustomers, columns, rows: opened }),
    // Endings first: an identity has one owner at a time.
    queryRows(tx, { sql: endLinks, columns: endingColumns(identityId), rows: resolution.endings }),
    queryRows(tx, { sql: insertLinks, columns: linkColumns(identityId), rows: resolution.links }),
  ])
  if (updated.length < changed.length) throw new Error('A customer would have got a second user id.')
  return {
    owners: resolution.owners,
    identityId: (websiteId, identity) => identityId(keyOf(websiteId, identity)),
  }
}

/** An identity with the time of the events that show it. */
interface SeenIdentity extends IdentityRef {
  key: IdentityKey
  websiteId: string
  firstSeenAt: number
  lastSeenAt: number
}

const identityColumns: Columns<SeenIdentity> = {
  website_id: ({ websiteId }) => websiteId,
  type: ({ type }) => type,
  value_hash: ({ hash }) => hash,
}

const seenColumns: Columns<SeenIdentity> = {
  first_seen_at: ({ firstSeenAt }) => toInstant(firstSeenAt),
  last_seen_at: ({ lastSeenAt }) => toInstant(lastSeenAt),
}

/** Each identity once, sorted, so that all groups lock them in one order. */
function collectIdentities(events: readonly IdentifiedEvent[]): SeenIdentity[] {
  const seen = new Map<IdentityKey, SeenIdentity>()
  for (const { websiteId, occurredAt: at, cookie, user, others } of events) {
    for (const identity of [cookie, user, ...others]) {
      if (!identity) continue
      const key = keyOf(websiteId, identity)
      const found = seen.get(key)
      if (!found) seen.set(key, { ...identity, key, websiteId, firstSeenAt: at, lastSeenAt: at })
      else
        Object.assign(found, {
          firstSeenAt: Math.min(found.firstSeenAt, at),
          lastSeenAt: Math.max(found.lastSeenAt, at),
        })
    }
  }
  return [...seen.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function toClaim({ websiteId, occurredAt, cookie, user, others, emailHash }: IdentifiedEvent): Claim {
  return {
    websiteId,
    occurredAt,
    cookie: cookie && keyOf(websiteId, cookie),
    user: user && keyOf(websiteId, user),
    others: others.map((identity) => keyOf(websiteId, identity)),
    emailHash,
  }
}

const byId = (a: Customer, b: Customer) => Number(a.id) - Number(b.id)

/** Its id follows, once it is known how many are needed. */
function openCustomer({ websiteId, occurredAt: at }: Claim, opened: Customer[]): Customer {
  const customer = { id: '', websiteId, user: null, firstSeenAt: at, lastSeenAt: at, emailHash: null }
  opened.push(customer)
  return customer
}

async function nameCustomers(tx: Queries, opened: Customer[]): Promise<void> {
  if (opened.length === 0) return
  const rows = await tx.query<{ id: string }>(reserveCustomerIds, [opened.length])
  for (const [i, customer] of opened.entries()) Object.assign(customer, rows[i])
}

const hourMs = 3_600_000

/** A customer's row changes when something was learnt; the time it was last seen moves at most hourly. */
function hasChanged(now: Customer, old: Customer): boolean {
  return (
    now.user !== old.user ||
    now.emailHash !== old.emailHash ||
    now.firstSeenAt < old.firstSeenAt ||
    now.lastSeenAt > old.lastSeenAt + hourMs
  )
}

type IdentityId = (key: IdentityKey) => string

const customerColumns = (identityId: IdentityId): Columns<Customer> => ({
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
  user_identity_id: ({ user }) => user && identityId(user),
  first_seen_at: ({ firstSeenAt }) => toInstant(firstSeenAt),
  last_seen_at: ({ lastSeenAt }) => toInstant(lastSeenAt),
  email_hash: ({ emailHash }) => emailHash,
})

interface Link {
  identity: IdentityKey
  customer: Customer
}

const linkedColumns = (identityId: IdentityId): Columns<Link> => ({
  website_id: ({ customer }) => customer.websiteId,
  identity_id: ({ identity }) => identityId(identity),
})

const endingColumns = (identityId: IdentityId): Columns<Link & { at: number }> => ({
  ...linkedColumns(identityId),
  until: ({ at }) => toInstant(at),
})

const linkColumns = (identityId: IdentityId): Columns<NewOwnership> => ({
  ...linkedColumns(identityId),
  customer_id: ({ customer }) => customer.id,
  since: ({ startedAt }) => toInstant(startedAt),
  until: ({ endedAt }) => (endedAt === null ? null : toInstant(endedAt)),
})
