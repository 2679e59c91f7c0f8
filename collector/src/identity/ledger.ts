/** Reads what the database knows of identities into the ledger that `resolveOwners` works on. */
import { type Customer, type IdentityKey, keyOf, type Ledger } from './resolve.ts'

/** A row of select_identity_owners.sql: an identity, and one who owns or owned it. */
export interface OwnerRow {
  identity_id: string
  website_id: string
  type: string
  value_hash: string
  started_at_ms: number
  ended_at_ms: number | null
  /** Null: nobody ever owned it; then the columns below are null too. */
  customer_id: string | null
  user_value_hash: string | null
  first_seen_at_ms: number
  last_seen_at_ms: number
  email_hash: string | null
}

/** A customer with several identities is one object. */
export function readLedger(rows: readonly OwnerRow[]) {
  const ledger: Ledger = new Map()
  const ids = new Map<IdentityKey, string>()
  const customers = new Map<string, Customer>()
  for (const row of rows) {
    const key = keyOf(row.website_id, { type: row.type, hash: row.value_hash })
    ids.set(key, row.identity_id)
    if (row.customer_id === null) continue
    const name = `${row.website_id} ${row.customer_id}`
    const customer = customers.get(name) ?? readCustomer(row, row.customer_id)
    customers.set(name, customer)
    ledger.set(key, [
      ...(ledger.get(key) ?? []),
      { customer, startedAt: row.started_at_ms, endedAt: row.ended_at_ms },
    ])
  }
  return { ledger, ids, customers: [...customers.values()] }
}

function readCustomer(row: OwnerRow, id: string): Customer {
  return {
    id,
    websiteId: row.website_id,
    user: row.user_value_hash && keyOf(row.website_id, { type: 'user_id', hash: row.user_value_hash }),
    firstSeenAt: row.first_seen_at_ms,
    lastSeenAt: row.last_seen_at_ms,
    emailHash: row.email_hash,
  }
}
