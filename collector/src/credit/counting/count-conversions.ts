/**
 * Decides which of a group's conversions count, before they are inserted. A conversion that would take the place of a stored
 * one waits, not counted, for the worker that computes its person again: so each place always has one holder.
 */
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import { type Conversion, type CreditedConversion, noCredit } from '../conversion.ts'
import type { CreditTask } from '../enqueue.ts'
import { isRefund, orderKey } from '../refunds.ts'
import { type CountableConversion, decideCounted, placeOf } from './counting.ts'
import selectPlaceHolders from './sql/select_place_holders.sql?raw'
import selectUncountedOrders from './sql/select_uncounted_orders.sql?raw'

export interface Count {
  /** Event ids of the conversions that do not count. */
  uncounted: Set<string>
  /** The persons that the worker has to decide again. */
  undecided: CreditTask[]
}

/**
 * The customers must be saved and locked. Sends all statements in one round trip, and none for conversions of rules that count
 * every time.
 */
export async function countConversions(tx: Queries, conversions: readonly Conversion[]): Promise<Count> {
  const placed = conversions.map(toCandidate).filter((one) => !isNegative(one) && placeOf(one) !== undefined)
  const refunds = conversions.filter(isRefund)
  const [places, uncountedOrders] = await Promise.all([loadPlaces(tx, placed), loadUncounted(tx, refunds)])
  const uncounted = new Set<string>()
  const undecided: CreditTask[] = []
  for (const person of personsIn(placed, places)) {
    const { websiteId, id, isMerged, holders, candidates } = person
    const counted = decideCounted([...holders, ...candidates])
    const unseated = new Set(holders.filter((holder) => !counted.has(holder)).map(placeOf))
    const losers = candidates.filter((one) => !counted.has(one) || unseated.has(placeOf(one)))
    for (const { eventId } of losers) uncounted.add(eventId)
    // An order that is stored already is not inserted again, and then holds no place.
    const mayBeStored = ({ conversionId, eventId }: Candidate) => conversionId && !uncounted.has(eventId)
    const isOpen = losers.length > 0 && candidates.some(mayBeStored)
    // Another group may hold the lock of another customer of the person, so that neither sees the other's conversions.
    if (unseated.size > 0 || isOpen || isMerged)
      undecided.push({ websiteId, customerId: id, reason: 'rule_changed' })
  }
  const refundsNothing = new Set([
    ...uncountedOrders,
    ...placed.filter(({ eventId }) => uncounted.has(eventId)).map(orderKey),
  ])
  for (const refund of refunds) if (refundsNothing.has(orderKey(refund))) uncounted.add(refund.eventId)
  return { uncounted, undecided }
}

/** What is not counted has no credit. */
export const withoutUncounted = (
  credited: readonly CreditedConversion[],
  { uncounted }: Count,
): CreditedConversion[] =>
  credited.map((one) => (uncounted.has(one.eventId) ? { ...one, counted: false, credit: noCredit } : one))

type Candidate = Conversion & CountableConversion

const toCandidate = (one: Conversion): Candidate => ({
  ...one,
  ruleId: one.rule?.id ?? null,
  counting: one.rule?.counting ?? null,
})

interface Person {
  websiteId: string
  id: string
  isMerged: boolean
  /** Stored conversions that hold a place. */
  holders: CountableConversion[]
  /** New ones. */
  candidates: Candidate[]
}

interface PlaceRow {
  /** In the list of conversions. */
  position: number
  person_id: string
  is_merged: boolean
  /** Null: nothing holds the place. */
  event_id: string | null
  occurred_at: number | null
}

function personsIn(placed: readonly Candidate[], places: readonly PlaceRow[]): Iterable<Person> {
  const persons = new Map<string, Person>()
  for (const { position, person_id: id, is_merged: isMerged, event_id: eventId, occurred_at: at } of places) {
    const candidate = placed[position] as Candidate // positions are those of this list
    const { websiteId } = candidate
    const key = `${websiteId} ${id}`
    const person = persons.get(key) ?? { websiteId, id, isMerged, holders: [], candidates: [] }
    persons.set(key, person)
    person.candidates.push(candidate)
    const isKnown = person.holders.some((holder) => holder.eventId === eventId)
    if (eventId !== null && at !== null && !isKnown)
      person.holders.push({ ...candidate, eventId, occurredAt: at })
  }
  return persons.values()
}

const loadPlaces = (tx: Queries, placed: readonly Candidate[]): Promise<PlaceRow[]> =>
  runRows(
    tx,
    holderSelect,
    placed.map((one, position) => ({ ...one, position })),
  )

async function loadUncounted(tx: Queries, refunds: readonly Conversion[]): Promise<string[]> {
  const rows = await runRows<OrderRow, Conversion>(tx, orderSelect, refunds)
  return rows.map(({ website_id: websiteId, name, conversion_id: conversionId, currency }) =>
    orderKey({ websiteId, name, conversionId, currency }),
  )
}

interface OrderRow {
  website_id: string
  name: string
  conversion_id: string
  currency: string | null
}

const isNegative = ({ valueCents }: Candidate) => (valueCents ?? 0) < 0

const holderSelect = rowStatement<Candidate & { position: number }>(selectPlaceHolders, {
  website_id: ({ websiteId }) => websiteId,
  customer_id: ({ customerId }) => customerId,
  rule_id: ({ ruleId }) => ruleId,
  session_id: ({ sessionId, counting }) => (counting === 'once_per_session' ? sessionId : null),
  position: ({ position }) => position,
})

const orderSelect = rowStatement<Conversion>(selectUncountedOrders, {
  website_id: ({ websiteId }) => websiteId,
  name: ({ name }) => name,
  conversion_id: ({ conversionId }) => conversionId,
  currency: ({ currency }) => currency,
})
