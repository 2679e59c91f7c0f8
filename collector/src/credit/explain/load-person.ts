/** Loads a person: its customers, what connects them, and the customers that were a part of it. */
import type { Db } from '@headwater/db/db'
import { rowStatement, run, runRows, statement } from '@headwater/db/statement'
import type { ExplainedPerson } from './explanation.ts'
import { formerMembers, type MergeEdge } from './former-members.ts'
import selectConnectedCustomers from './sql/select_connected_customers.sql?raw'
import selectMerges from './sql/select_merges.sql?raw'
import selectQueuedReasons from './sql/select_queued_reasons.sql?raw'

/** Many times what the caps of a person allow. */
const connectedCustomers = 1_000

export interface LoadedPerson {
  explained: ExplainedPerson
  members: ReadonlySet<string>
  /** When other customers were separated from it, in epoch ms. */
  separatedAt: ReadonlyMap<string, number>
}

export async function loadPerson(db: Db, websiteId: string, id: string): Promise<LoadedPerson> {
  const params = { website_id: websiteId, person_id: id, limit: connectedCustomers }
  const customers = await run<CustomerRow, keyof typeof params>(db, connectedSelect, params)
  const keys = customers.map((customer) => ({ websiteId, customerId: customer.id }))
  const merges = await runRows<MergeRow, CustomerName>(db, mergeSelect, keys)
  const own = customers.filter(({ person_id }) => person_id === id)
  const members = new Set(own.map((customer) => customer.id))
  const isOfPerson = ({ from_customer_id, into_customer_id }: MergeRow) =>
    members.has(from_customer_id) || members.has(into_customer_id)
  return {
    explained: { id, customers: own.map(toCustomer), merges: merges.filter(isOfPerson).map(toMerge) },
    members,
    separatedAt: formerMembers(members, merges),
  }
}

/** Why customers wait to be credited again; empty: they do not. */
export async function loadQueuedReasons(
  db: Db,
  websiteId: string,
  customerIds: Iterable<string>,
): Promise<string[]> {
  const keys = [...customerIds].map((customerId) => ({ websiteId, customerId }))
  const rows = await runRows<{ reason: string }, CustomerName>(db, queuedSelect, keys)
  return rows.map(({ reason }) => reason)
}

interface CustomerRow {
  id: string
  person_id: string
  is_known: boolean
  first_seen_at: number
  last_seen_at: number
}

interface MergeRow extends MergeEdge {
  id: string
  cause: string
  merged_by: string | null
  reason: string | null
  undone_by: string | null
}

interface CustomerName {
  websiteId: string
  customerId: string
}

const instant = (at: number) => new Date(at).toISOString()

const toCustomer = ({ person_id: _, first_seen_at, last_seen_at, ...customer }: CustomerRow) => ({
  ...customer,
  first_seen_at: instant(first_seen_at),
  last_seen_at: instant(last_seen_at),
})

const toMerge = ({ at, undone_at, ...merge }: MergeRow) => ({
  ...merge,
  at: instant(at),
  undone_at: undone_at === null ? null : instant(undone_at),
})

const customerColumns = {
  website_id: ({ websiteId }: CustomerName) => websiteId,
  customer_id: ({ customerId }: CustomerName) => customerId,
}

const connectedSelect = statement(selectConnectedCustomers, 'website_id', 'person_id', 'limit')
const mergeSelect = rowStatement<CustomerName>(selectMerges, customerColumns)
const queuedSelect = rowStatement<CustomerName>(selectQueuedReasons, customerColumns)
