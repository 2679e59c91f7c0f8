/** Locks and loads the customers of a group of events, and saves what resolve.ts decided. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import {
  type Customer,
  type IdentityKey,
  type IdentityRef,
  identityRef,
  type Ledger,
  type NewOwnership,
  type Resolution,
  resolveOwners,
} from './resolve.ts'
import endLinks from './sql/end_links.sql?raw'
import insertCustomers from './sql/insert_customers.sql?raw'
import insertLinks from './sql/insert_links.sql?raw'
import lockCustomersSql from './sql/lock_customers.sql?raw'
import selectIdentityOwners from './sql/select_identity_owners.sql?raw'
import updateCustomers from './sql/update_customers.sql?raw'
import upsertIdentities from './sql/upsert_identities.sql?raw'

/** The part of an event that identifies its customer. */
export interface IdentifiedEvent {
  occurredAt: number
  cookie?: IdentityRef
  user?: IdentityRef
  /** E-mail hashes, and the website's own kinds. */
  others: readonly IdentityRef[]
  emailHash?: string
}

/** An identity with the times of the events that carry it. */
interface SeenIdentity {
  identity: IdentityRef
  firstSeenAt: number
  lastSeenAt: number
}

/** What the database knows about locked identities. */
export interface KnownCustomers {
  ledger: Ledger
  /** The id of each identity. */
  identityIds: Map<IdentityKey, string>
  /** When the person of an identity was erased, epoch ms; the others are missing. */
  erasedAt: Map<IdentityKey, number>
  /** Each known customer, with its state before resolving. */
  before: Map<Customer, Customer>
}

/** A resolution, to be saved. */
export interface ResolvedCustomers extends Resolution {
  opened: Customer[]
  changed: Customer[]
}

/**
 * Locks the identities of these events and returns all their current and former owners. The row locks, taken in key order, are
 * the only mutex of the write path: a second group waits, then sees what the first one decided.
 */
export async function lockIdentities(
  tx: Queries,
  events: readonly IdentifiedEvent[],
): Promise<KnownCustomers> {
  const seen = seenIdentities(events)
  const [, rows] = await Promise.all([
    runRows(tx, identityUpsert, seen),
    runRows<OwnerRow, SeenIdentity & { position: number }>(
      tx,
      ownerSelect,
      seen.map((each, position) => ({ ...each, position })),
    ),
  ])
  return readOwners(seen, rows)
}

/** Resolves the customer of each event; `newId` supplies the ids of new customers. Requires `lockIdentities` first. */
export function resolveCustomers(
  events: readonly (IdentifiedEvent & { websiteId: string })[],
  known: KnownCustomers,
  newId: () => string,
): ResolvedCustomers {
  const claims = events.map(({ websiteId, occurredAt, cookie, user, others, emailHash }) => ({
    websiteId,
    occurredAt,
    cookie: cookie?.key,
    user: user?.key,
    others: others.map(({ key }) => key),
    emailHash,
  }))
  const opened: Customer[] = []
  const resolution = resolveOwners(claims, known.ledger, ({ websiteId, occurredAt: at }) => {
    const customer = { id: newId(), websiteId, user: null, firstSeenAt: at, lastSeenAt: at, emailHash: null }
    opened.push(customer)
    return customer
  })
  const changed = [...known.before].filter(([now, old]) => hasChanged(now, old)).map(([customer]) => customer)
  return { ...resolution, opened, changed }
}

/** Saves new and changed customers and the owners of their identities. Sends all statements in one round trip. */
export async function saveCustomers(
  tx: Queries,
  { opened, changed, links, endings }: ResolvedCustomers,
  { identityIds }: KnownCustomers,
): Promise<void> {
  const idOf = (key: IdentityKey) => identityIds.get(key) as string // lockIdentities returns one for each identity
  // A user id that the customer had before need not be among the identities of these events; the update keeps it.
  const toRow = (customer: Customer) => ({
    ...customer,
    userId: (customer.user && identityIds.get(customer.user)) ?? null,
  })
  const [updated] = await Promise.all([
    runRows(tx, customerUpdate, inLockOrder(changed, ({ id }) => id).map(toRow)),
    runRows(tx, customerInsert, opened.map(toRow)),
    // Endings first: an identity has one owner at a time.
    runRows(
      tx,
      linkEnding,
      endings.map((ending) => ({ ...ending, identityId: idOf(ending.identity) })),
    ),
    runRows(
      tx,
      linkInsert,
      links.map((link) => ({ ...link, identityId: idOf(link.identity) })),
    ),
  ])
  if (updated.length < changed.length) throw new Error('A customer would have received a second user id.')
}

/** Locks customers whose touches or conversions are about to be written, so that concurrent groups see each other's writes. */
export async function lockCustomers(tx: Queries, customers: Iterable<CustomerKey>): Promise<void> {
  await runRows(
    tx,
    customerLock,
    inLockOrder(customers, ({ id }) => id),
  )
}

/** The primary key of a customer. */
export type CustomerKey = Pick<Customer, 'websiteId' | 'id'>

/** Each identity once, with the times of the first and the latest event that carries it. */
function seenIdentities(events: readonly IdentifiedEvent[]): SeenIdentity[] {
  const seen = new Map<IdentityKey, SeenIdentity>()
  for (const { occurredAt: at, cookie, user, others } of events) {
    if (cookie) see(seen, cookie, at)
    if (user) see(seen, user, at)
    for (const identity of others) see(seen, identity, at)
  }
  return inLockOrder(seen.values(), ({ identity }) => identity.key)
}

function see(seen: Map<IdentityKey, SeenIdentity>, identity: IdentityRef, at: number): void {
  const known = seen.get(identity.key)
  if (!known) seen.set(identity.key, { identity, firstSeenAt: at, lastSeenAt: at })
  else if (at < known.firstSeenAt) known.firstSeenAt = at
  else if (at > known.lastSeenAt) known.lastSeenAt = at
}

/** A row of select_identity_owners.sql: an identity with a current or former owner. */
interface OwnerRow {
  /** Index of the identity among those requested, from 0. */
  position: number
  identity_id: string
  /** Null: its person was never erased. */
  erased_at_ms: number | null
  /** Null, like all below: the identity never had an owner. */
  customer_id: string | null
  started_at_ms: number
  ended_at_ms: number | null
  user_value_hash: string | null
  first_seen_at_ms: number
  last_seen_at_ms: number
  email_hash: string | null
}

/** A customer with several identities is one object. */
function readOwners(seen: SeenIdentity[], rows: OwnerRow[]): KnownCustomers {
  const [ledger, identityIds, before] = [new Map(), new Map(), new Map()] as [
    Ledger,
    Map<IdentityKey, string>,
    Map<Customer, Customer>,
  ]
  const erasedAt = new Map<IdentityKey, number>()
  const customers = new Map<string, Customer>()
  for (const row of rows) {
    const { identity } = seen[row.position] as SeenIdentity // one of those requested
    identityIds.set(identity.key, row.identity_id)
    if (row.erased_at_ms !== null) erasedAt.set(identity.key, row.erased_at_ms)
    if (row.customer_id === null) continue
    let customer = customers.get(row.customer_id)
    if (!customer) {
      customer = readCustomer(row, row.customer_id, identity.websiteId)
      customers.set(row.customer_id, customer)
      before.set(customer, { ...customer })
    }
    const ownership = { customer, startedAt: row.started_at_ms, endedAt: row.ended_at_ms }
    const others = ledger.get(identity.key)
    if (others) others.push(ownership)
    else ledger.set(identity.key, [ownership])
  }
  return { ledger, identityIds, erasedAt, before }
}

function readCustomer(row: OwnerRow, id: string, websiteId: string): Customer {
  const { user_value_hash: userHash } = row
  return {
    id,
    websiteId,
    user: userHash && identityRef(websiteId, 'user_id', userHash).key,
    firstSeenAt: row.first_seen_at_ms,
    lastSeenAt: row.last_seen_at_ms,
    emailHash: row.email_hash,
  }
}

const hourMs = 3_600_000

/** Whether the row of a customer needs an update; `last_seen_at` alone advances at most hourly. */
function hasChanged(now: Customer, old: Customer): boolean {
  return (
    now.user !== old.user ||
    now.emailHash !== old.emailHash ||
    now.firstSeenAt < old.firstSeenAt ||
    now.lastSeenAt > old.lastSeenAt + hourMs
  )
}

const identityUpsert = rowStatement<SeenIdentity>(upsertIdentities, {
  website_id: ({ identity }) => identity.websiteId,
  type: ({ identity }) => identity.type,
  value_hash: ({ identity }) => identity.hash,
  first_seen_at: ({ firstSeenAt }) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }) => lastSeenAt,
})

const ownerSelect = rowStatement<SeenIdentity & { position: number }>(selectIdentityOwners, {
  website_id: ({ identity }) => identity.websiteId,
  type: ({ identity }) => identity.type,
  value_hash: ({ identity }) => identity.hash,
  position: ({ position }) => position,
})

/** A customer with the id of its user identity. */
interface CustomerRow extends Customer {
  userId: string | null
}

const customerColumns = {
  website_id: ({ websiteId }: CustomerRow) => websiteId,
  id: ({ id }: CustomerRow) => id,
  user_identity_id: ({ userId }: CustomerRow) => userId,
  first_seen_at: ({ firstSeenAt }: CustomerRow) => firstSeenAt,
  last_seen_at: ({ lastSeenAt }: CustomerRow) => lastSeenAt,
  email_hash: ({ emailHash }: CustomerRow) => emailHash,
}
const customerUpdate = rowStatement<CustomerRow>(updateCustomers, customerColumns)
const customerInsert = rowStatement<CustomerRow>(insertCustomers, customerColumns)

const customerLock = rowStatement<CustomerKey>(lockCustomersSql, {
  website_id: ({ websiteId }) => websiteId,
  id: ({ id }) => id,
})

const linkEnding = rowStatement<{ identityId: string; customer: Customer; at: number }>(endLinks, {
  website_id: ({ customer }) => customer.websiteId,
  identity_id: ({ identityId }) => identityId,
  until: ({ at }) => at,
})

const linkInsert = rowStatement<NewOwnership & { identityId: string }>(insertLinks, {
  website_id: ({ customer }) => customer.websiteId,
  identity_id: ({ identityId }) => identityId,
  customer_id: ({ customer }) => customer.id,
  since: ({ startedAt }) => startedAt,
  until: ({ endedAt }) => endedAt,
})
