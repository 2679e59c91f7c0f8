/** The sections of an export, each read page by page. */
import type { Queries } from '@headwater/db/db'
import { run, type Statement, statement } from '@headwater/db/statement'
import type { Secrets } from '../../secrets.ts'
import { type Person, paramsOf } from './person.ts'
import { type PersonRecord, readRecord } from './person-record.ts'
import selectPersonConversions from './sql/select_person_conversions.sql?raw'
import selectPersonEvents from './sql/select_person_events.sql?raw'
import selectPersonSessions from './sql/select_person_sessions.sql?raw'
import selectPersonTouches from './sql/select_person_touches.sql?raw'
import selectRejectedOfIdentities from './sql/select_rejected_of_identities.sql?raw'

export interface ExportDeps {
  queries: Queries
  secrets: Secrets
}

interface Page {
  rows: object[]
  /** Where the next page begins; null: there is none. */
  after: string | null
}

export interface ExportSection {
  name: string
  /** `after` is null at the beginning. */
  read(deps: ExportDeps, person: Person, after: string | null): Promise<Page>
}

/** Rows of a page. An event has 1 kB usually, and 40 kB at most. */
const pageSize = 1_000
/** Conversions of a page: each has its credit of all models and versions, easily 100 rows. */
const conversionsPerPage = 200
/** Rejected events that a page looks at; most belong to others. */
const rejectedPerPage = 20_000

/** Its rows are bounded by the caps of a person. */
const ofRecord = (name: keyof PersonRecord): ExportSection => ({
  name,
  async read({ queries }, person) {
    return { rows: (await readRecord(queries, person))[name], after: null }
  },
})

/** Pages in the order of the ids. */
function byId(
  name: string,
  sql: Statement<'website_id' | 'customer_ids' | 'after' | 'limit'>,
  limit: number,
): ExportSection {
  return {
    name,
    async read({ queries }, person, after) {
      const params = { ...paramsOf(person), after: after ?? '0', limit }
      const rows = await run<{ id: string }, keyof typeof params>(queries, sql, params)
      return { rows, after: rows.length === limit ? (rows.at(-1)?.id ?? null) : null }
    },
  }
}

type EventRow = { id: string; place_at: string }

const events: ExportSection = {
  name: 'events',
  async read({ queries }, person, after) {
    const [after_at = '', after_id = ''] = (after ?? '-infinity 0').split(' ')
    const params = { ...paramsOf(person), after_at, after_id, limit: pageSize }
    const rows = await run<EventRow, keyof typeof params>(queries, eventSelect, params)
    const last = rows.length === pageSize ? rows.at(-1) : undefined
    return {
      rows: rows.map(({ place_at: _, ...event }) => event),
      after: last ? `${last.place_at} ${last.id}` : null,
    }
  },
}

interface RejectedRow {
  /** Null: none of those looked at. */
  id: string | null
  /** Hex of the encrypted event. */
  payload: string
  scanned_to: string | null
}

const rejectedEvents: ExportSection = {
  name: 'rejected_events',
  async read({ queries, secrets }, person, after) {
    const params = {
      website_id: person.websiteId,
      identity_hashes: await hashesOf(queries, person),
      after: after ?? '0',
      limit: rejectedPerPage,
    }
    const rows = await run<RejectedRow, keyof typeof params>(queries, rejectedSelect, params)
    return {
      rows: rows
        .filter(({ id }) => id !== null)
        .map(({ payload, scanned_to: _, ...row }) => ({ ...row, payload: decrypted(secrets, payload) })),
      after: rows[0]?.scanned_to ?? null,
    }
  },
}

async function hashesOf(queries: Queries, person: Person): Promise<string> {
  const { identities } = await readRecord(queries, person)
  return `{${identities.map(({ value_hash }) => value_hash)}}`
}

/** The event as it came; null: it was stored under another pepper. */
function decrypted(secrets: Secrets, payload: string): string | null {
  try {
    return secrets.decrypt(Buffer.from(payload, 'hex'))
  } catch {
    return null // the only reason why stored bytes cannot be decrypted
  }
}

const sessionSelect = statement(selectPersonSessions, 'website_id', 'customer_ids', 'after', 'limit')
const touchSelect = statement(selectPersonTouches, 'website_id', 'customer_ids', 'after', 'limit')
const conversionSelect = statement(selectPersonConversions, 'website_id', 'customer_ids', 'after', 'limit')
const eventSelect = statement(
  selectPersonEvents,
  'website_id',
  'customer_ids',
  'after_at',
  'after_id',
  'limit',
)
const rejectedSelect = statement(
  selectRejectedOfIdentities,
  'website_id',
  'identity_hashes',
  'after',
  'limit',
)

/** In the order of the document. */
export const exportSections: readonly ExportSection[] = [
  ofRecord('customers'),
  ofRecord('identities'),
  ofRecord('merges'),
  ofRecord('conflicts'),
  byId('sessions', sessionSelect, pageSize),
  byId('touches', touchSelect, pageSize),
  events,
  byId('conversions', conversionSelect, conversionsPerPage),
  rejectedEvents,
]
