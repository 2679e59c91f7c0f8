/** What is known about a person, at a glance. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { loadWebsiteSettings } from '../../websites/load-settings.ts'
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
  /** The website's, in which its days begin. */
  time_zone: string
}

export interface PersonCounts {
  sessions: number
  events: number
  touches: number
  /** Those that count. */
  conversions: number
  refunds: number
  /** Their rule counts another one of the customer or the session. */
  uncounted_conversions: number
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
  const [record, [counts], timeline, { timeZone }] = await Promise.all([
    readRecord(queries, person),
    run<PersonCounts, keyof typeof params>(queries, rowCount, params),
    readTimeline(queries, person, page),
    loadWebsiteSettings(queries, websiteId),
  ])
  const head = { id: person.id, website_id: websiteId }
  return { ...head, ...record, counts: counts as PersonCounts, timeline, time_zone: timeZone } // counts have one row
}

const rowCount = statement(countPersonRows, 'website_id', 'customer_ids')
