/**
 * Decides again which conversions of a person count: after a merge, a changed rule, or a conversion that arrived late. A refund
 * follows what it refunds, also that of another person.
 */
import type { Queries } from '@headwater/db/db'
import { inLockOrder } from '@headwater/db/lock-order'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type CountableConversion, type Counting, decideCounted } from './counting.ts'
import selectCountable from './sql/select_countable_conversions.sql?raw'
import updateCounted from './sql/update_counted.sql?raw'

/** A person, by its canonical customer. */
export interface PersonKey {
  websiteId: string
  personId: string
}

/**
 * Stores what counts, corrects the counts of sessions, and returns the event ids of the conversions that changed. All customers
 * of the persons must be locked. Credit is not touched: a conversion that does not count must have none.
 */
export async function recount(tx: Queries, persons: readonly PersonKey[]): Promise<Set<string>> {
  const rows = await runRows<CountableRow, PersonKey>(tx, countableSelect, persons)
  const changes = [...byPerson(rows).values()].flatMap(changesOf)
  await runRows(
    tx,
    countedUpdate,
    inLockOrder(changes, ({ websiteId, eventId }) => `${websiteId} ${eventId}`),
  )
  return new Set(changes.map(({ eventId }) => eventId))
}

interface CountableRow {
  website_id: string
  person_id: string
  event_id: string
  name: string
  rule_id: string | null
  counting: Counting | null
  session_id: string | null
  conversion_id: string | null
  currency: string | null
  occurred_at: number
  value_cents: number | null
  counted: boolean
}

type Stored = CountableConversion & { websiteId: string; counted: boolean }

function byPerson(rows: readonly CountableRow[]): Map<string, Stored[]> {
  const persons = new Map<string, Stored[]>()
  for (const row of rows) {
    const key = `${row.website_id} ${row.person_id}`
    const conversions = persons.get(key) ?? []
    persons.set(key, conversions)
    conversions.push(toStored(row))
  }
  return persons
}

const toStored = (row: CountableRow): Stored => ({
  websiteId: row.website_id,
  eventId: row.event_id,
  name: row.name,
  ruleId: row.rule_id,
  counting: row.counting,
  sessionId: row.session_id,
  conversionId: row.conversion_id,
  currency: row.currency,
  occurredAt: row.occurred_at,
  valueCents: row.value_cents,
  counted: row.counted,
})

/** With `counted` as it should be. */
function changesOf(conversions: readonly Stored[]): Stored[] {
  const counted = decideCounted(conversions)
  return conversions
    .filter((one) => counted.has(one) !== one.counted)
    .map((one) => ({ ...one, counted: counted.has(one) }))
}

const countableSelect = rowStatement<PersonKey>(selectCountable, {
  website_id: ({ websiteId }) => websiteId,
  person_id: ({ personId }) => personId,
})

const countedUpdate = rowStatement<Stored>(updateCounted, {
  website_id: ({ websiteId }) => websiteId,
  event_id: ({ eventId }) => eventId,
  counted: ({ counted }) => counted,
})
