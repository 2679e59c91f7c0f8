/** Who a person is: its customers, their identities, the merges that made it one, and what speaks for others. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { MergeCause } from '../merge.ts'
import { type Person, paramsOf } from './person.ts'
import selectPersonConflicts from './sql/select_person_conflicts.sql?raw'
import selectPersonCustomers from './sql/select_person_customers.sql?raw'
import selectPersonLinks from './sql/select_person_links.sql?raw'
import selectPersonMerges from './sql/select_person_merges.sql?raw'

export interface PersonCustomer {
  id: string
  /** Whether it has a user id; without one it is anonymous. */
  has_user_id: boolean
  /** Plain SHA-256 of the e-mail address; null: unknown. */
  email_hash: string | null
  first_seen_at: Date
  last_seen_at: Date
  /** Null, like the last one: no touch. */
  first_touch_id: string | null
  last_touch_id: string | null
}

export interface PersonIdentity {
  customer_id: string
  type: string
  /** Keyed hash; the value itself is not stored. */
  value_hash: string
  source: string | null
  confidence: number
  since: Date
  last_seen_at: Date
  /** Null: still. */
  until: Date | null
}

export interface PersonMerge {
  id: string
  from: string
  into: string
  cause: MergeCause
  /** Null: the collector. */
  merged_by: string | null
  source_event_id: string | null
  reason: string | null
  merged_at: Date
  /** Null, like `undone_at`: in force. */
  undone_by: string | null
  undone_at: Date | null
}

export interface PersonConflict {
  id: string
  kind: string
  customer_id: string
  other_customer_id: string | null
  identity_type: string | null
  status: string
  first_seen_at: Date
  last_seen_at: Date
}

/** The caps of a person bound how long these lists are. */
export interface PersonRecord {
  customers: PersonCustomer[]
  identities: PersonIdentity[]
  /** Undone ones included. */
  merges: PersonMerge[]
  /** Settled ones included. */
  conflicts: PersonConflict[]
}

export async function readRecord(queries: Queries, person: Person): Promise<PersonRecord> {
  const params = paramsOf(person)
  const [customers, identities, merges, conflicts] = await Promise.all([
    run<PersonCustomer, keyof typeof params>(queries, customerSelect, params),
    run<PersonIdentity, keyof typeof params>(queries, linkSelect, params),
    run<PersonMerge, keyof typeof params>(queries, mergeSelect, params),
    run<PersonConflict, keyof typeof params>(queries, conflictSelect, params),
  ])
  return { customers, identities, merges, conflicts }
}

const customerSelect = statement(selectPersonCustomers, 'website_id', 'customer_ids')
const linkSelect = statement(selectPersonLinks, 'website_id', 'customer_ids')
const mergeSelect = statement(selectPersonMerges, 'website_id', 'customer_ids')
const conflictSelect = statement(selectPersonConflicts, 'website_id', 'customer_ids')
