/** Finds or opens the customer of each event, inside the transaction that stores them. */
import endLinks from '../../sql/end_links.sql?raw'
import insertCustomers from '../../sql/insert_customers.sql?raw'
import insertLinks from '../../sql/insert_links.sql?raw'
import reserveCustomerIds from '../../sql/reserve_customer_ids.sql?raw'
import selectIdentityOwners from '../../sql/select_identity_owners.sql?raw'
import updateCustomers from '../../sql/update_customers.sql?raw'
import upsertIdentities from '../../sql/upsert_identities.sql?raw'
import { columns } from '../db/array-literal.ts'
import type { Queries } from '../db/db.ts'
import type { IdentityRef, IngestEvent } from '../ingest/event.ts'
import {
  type Claim,
  type Customer,
  type IdentityKey,
  type Ledger,
  type Resolution,
  resolveOwners,
} from './resolve.ts'

/** An identity with the time of the events that show it. */
interface SeenIdentity extends IdentityRef {
  key: IdentityKey
  websiteId: string
  firstSeenAt: number
  lastSeenAt: number
}

interface OwnerRow {
  identity_id: string
  website_id: string
  type: string
  value_hash: string
  ended_at_ms: number | null
  customer_id: string | null
  user_value_hash: string | null
  first_seen_at_ms: number
  last_seen_at_ms: number
  email_hash: string | null
}

export interface ResolvedCustomers {
  /** The customer id of each event, in their order. */
  customerIds: string[]
  /** The row of an identity; undefined: not among those of the events. */
  identityId(websiteId: string, identity: IdentityRef): string | undefined
}

/** The row locks of the identities, taken in key order, are the only mutex: who comes second sees what the first decided. */
export async function resolveCustomers(
  tx: Queries,
  events: readonly IngestEvent[],
): Promise<ResolvedCustomers> {
  const seen = collectIdentities(events)
  await tx.query(upsertIdentities, columns(seen, ...identityColumns))
  const rows = await tx.query<OwnerRow>(
    selectIdentityOwners,
    columns(
      seen,
      (s) => s.websiteId,
      (s) => s.type,
      (s) => s.hash,
    ),
  )
  const { ledger, ids, known } = readLedger(rows)

  const opened: Customer[] = []
  const before = new Map([...known].map((customer) => [customer, { ...customer }]))
  const resolution = resolveOwners(events.map(toClaim), ledger, (claim) => {
    const customer = openCustomer(claim)
    opened.push(customer)
    return customer
  })
  await nameCustomers(tx, opened)
  await saveCustomers(tx, opened, changedSince(before), ids)
  await saveLinks(tx, resolution, ids)
  return {
    customerIds: resolution.owners.map(({ id }) => id),
    identityId: (websiteId, identity) => ids.get(keyOf(websiteId, identity)),
  }
}

const keyOf = (websiteId: string, { type, hash }: IdentityRef): IdentityKey => `${websiteId} ${type} ${hash}`

const iso = (ms: number) => new Date(ms).toISOString()

const identityColumns = [
  (seen: SeenIdentity) => seen.websiteId,
  (seen: SeenIdentity) => seen.type,
  (seen: SeenIdentity) => seen.hash,
  (seen: SeenIdentity) => iso(seen.firstSeenAt),
  (seen: SeenIdentity) => iso(seen.lastSeenAt),
]

/** Each identity once, sorted, so that all groups lock them in one order. */
function collectIdentities(events: readonly IngestEvent[]): SeenIdentity[] {
  const seen = new Map<IdentityKey, SeenIdentity>()
  for (const event of events) {
    const { websiteId } = event.request.token
    for (const identity of identitiesOf(event)) {
      const key = keyOf(websiteId, identity)
      const found = seen.get(key)
      const at = event.occurredAt
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

function identitiesOf({ cookie, user, others }: IngestEvent): IdentityRef[] {
  return [cookie, user, ...others].filter((identity) => identity !== undefined)
}

function toClaim({ request, occurredAt, cookie, user, others, emailHash }: IngestEvent): Claim {
  const { websiteId } = request.token
  return {
    websiteId,
    occurredAt,
    cookie: cookie && keyOf(websiteId, cookie),
    user: user && keyOf(websiteId, user),
    others: others.map((identity) => keyOf(websiteId, identity)),
    emailHash,
  }
}

/** Reads what the database knows; a customer with several identities is one object. */
function readLedger(rows: readonly OwnerRow[]) {
  const ledger: Ledger = new Map()
  const ids = new Map<IdentityKey, string>()
  const customers = new Map<string, Customer>()
  for (const row of rows) {
    const key = keyOf(row.website_id, { type: row.type, hash: row.value_hash })
    ids.set(key, row.identity_id)
    if (row.customer_id === null) continue
    const customer =
      customers.get(`${row.website_id} ${row.customer_id}`) ?? readCustomer(row, row.customer_id)
    customers.set(`${row.website_id} ${row.customer_id}`, customer)
    ledger.set(key, [...(ledger.get(key) ?? []), { customer, endedAt: row.ended_at_ms }])
  }
  return { ledger, ids, known: customers.values() }
}

function readCustomer(row: OwnerRow, id: string): Customer {
  return {
    id,
    websiteId: row.website_id,
    user: row.user_value_hash && keyOf(row.website_id, { type: 'user_id', hash: row.user_value_hash }),
    firstSeenAt: row.first_seen_at_ms,
    lastSeenAt: row.last_seen_at_ms,
    emailHash: row.email_hash,
    isNew: false,
  }
}

function openCustomer({ websiteId, occurredAt }: Claim): Customer {
  return {
    id: '',
    websiteId,
    user: null,
    firstSeenAt: occurredAt,
    lastSeenAt: occurredAt,
    emailHash: null,
    isNew: true,
  }
}

async function nameCustomers(tx: Queries, opened: Customer[]): Promise<void> {
  if (opened.length === 0) return
  const rows = await tx.query<{ id: string }>(reserveCustomerIds, [opened.length])
  for (const [i, customer] of opened.entries()) Object.assign(customer, rows[i])
}

const hourMs = 3_600_000

/** A customer's row changes when something was learnt; the time it was last seen moves at most hourly. */
function changedSince(before: Map<Customer, Customer>): Customer[] {
  const hasChanged = (now: Customer, old: Customer) =>
    now.user !== old.user ||
    now.emailHash !== old.emailHash ||
    now.firstSeenAt < old.firstSeenAt ||
    now.lastSeenAt > old.lastSeenAt + hourMs
  return [...before].filter(([now, old]) => hasChanged(now, old)).map(([now]) => now)
}

async function saveCustomers(
  tx: Queries,
  opened: Customer[],
  changed: Customer[],
  ids: Map<IdentityKey, string>,
): Promise<void> {
  const values = (customers: Customer[]) =>
    columns(
      customers.sort((a, b) => Number(a.id) - Number(b.id)),
      (customer) => customer.websiteId,
      (customer) => customer.id,
      (customer) => (customer.user && ids.get(customer.user)) ?? null,
      (customer) => iso(customer.firstSeenAt),
      (customer) => iso(customer.lastSeenAt),
      (customer) => customer.emailHash,
    )
  if (opened.length > 0) await tx.query(insertCustomers, values(opened))
  if (changed.length > 0) await tx.query(updateCustomers, values(changed))
}

async function saveLinks(
  tx: Queries,
  { links, endings }: Resolution,
  ids: Map<IdentityKey, string>,
): Promise<void> {
  const website = ({ customer }: { customer: Customer }) => customer.websiteId
  const identity = (link: { identity: IdentityKey }) => ids.get(link.identity) ?? null
  // Endings first: an identity has one owner at a time.
  if (endings.length > 0)
    await tx.query(
      endLinks,
      columns(endings, website, identity, ({ at }) => iso(at)),
    )
  if (links.length === 0) return
  const values = columns(
    links,
    website,
    identity,
    ({ customer }) => customer.id,
    ({ at }) => iso(at),
    ({ endedAt }) => (endedAt === null ? null : iso(endedAt)),
  )
  await tx.query(insertLinks, values)
}
