/** What is known about a person, at a glance. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { findPerson, paramsOf } from './person.ts'
import { type PersonRecord, readRecord } from './person-record.ts'
import countPersonRows from './sql/count_person_rows.sql?raw'
import { readTimeline, type Timeline, type TimelinePage } from './timeline.ts'

export interface PersonView extends PersonRecord {
  /** Of the canonical customer. */
  id: string
  website_id: string
  counts: PersonCounts
  timeline: Timeline
}

export interface PersonCounts {
  sessions: number
  events: number
  touches: number
  conversions: number
}

export interface ShowPerson extends TimelinePage {
  websiteId: string
  /** Any customer of the person. */
  customerId: string
}

/** Throws a NotFoundError when there is no such customer, and an OperationError for a wrong cursor. */
export async function showPerson(
  queries: Queries,
  { websiteId, customerId, ...page }: ShowPerson,
): Promise<PersonView> {
  const person = await findPerson(queries, websiteId, customerId)
  const params = paramsOf(person)
  const [record, [counts], timeline] = await Promise.all([
    readRecord(queries, person),
    run<PersonCounts, keyof typeof params>(queries, rowCount, params),
    readTimeline(queries, person, page),
  ])
  const head = { id: person.id, website_id: websiteId }
  return { ...head, ...record, counts: counts as PersonCounts, timeline } // counts have one row
}

const rowCount = statement(countPersonRows, 'website_id', 'customer_ids')
