/** Locks the identities of a group of events, and loads their owners. */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type Customer, type IdentityKey, type IdentityRef, identityRef } from './customer.ts'
import type { Ledger } from './ledger.ts'
import selectIdentityOwners from './sql/select_identity_owners.sql?raw'
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
  link_id: string
  confidence: number
  started_at_ms: number
  ended_at_ms: number | null
  user_value_hash: string | null
  first_seen_at_ms: number
  last_seen_at_ms: number
  email_hash: string | null
  identity_count: number
  merge_count: number
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
    const { link_id: linkId, started_at_ms: startedAt, ended_at_ms: endedAt, confidence } = row
    const ownership = { id: linkId, customer, startedAt, endedAt, confidence }
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
    identityCount: row.identity_count,
    mergeCount: row.merge_count,
  }
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
