/** Loads what may have led persons to their conversions: touches, and the events that models name. */
import type { CreditTouch, Milestone } from '@headwater/attribution/credit'
import type { Queries } from '@headwater/db/db'
import { rowStatement, runRows } from '@headwater/db/statement'
import type { Conversion } from './conversion.ts'
import { groupBy } from './group-by.ts'
import { milestoneNames } from './milestones.ts'
import selectMilestones from './sql/select_milestones.sql?raw'
import selectTouches from './sql/select_touches.sql?raw'

/** What may have led a person to a conversion. */
export interface Path {
  touches: CreditTouch[]
  milestones: Milestone[]
}

export type PathOf = (conversion: Conversion) => Path

/**
 * How many touches up to a conversion may earn credit: its latest ones, and the first one of all. A bound on the work and on the
 * rows of a conversion, far above what people do and well below what a script can.
 */
export const touchesPerConversion = 200
/** Of a person, in the time of all conversions that are credited at once: far more than the leads or deals that anyone makes. */
const milestonesPerName = 10_000
const dayMs = 86_400_000

/**
 * The paths of these conversions: the touches of all customers of the person, without those of bots. The persons must be locked,
 * and touches of the same transaction written. Sends all statements in one round trip.
 */
export async function loadPaths(tx: Queries, conversions: readonly Conversion[]): Promise<PathOf> {
  const spans = [...groupBy(conversions, ({ customerId }) => customerId).values()].map(spanOf)
  const named = namedSpans(conversions)
  const [touchRows, eventRows] = await Promise.all([
    runRows<TouchRow, Span, 'limit'>(tx, touchSelect, spans, { limit: touchesPerConversion }),
    runRows<MilestoneRow, NamedSpan, 'limit'>(tx, milestoneSelect, named, { limit: milestonesPerName }),
  ])
  const touches = touchesByCustomer(touchRows)
  const milestones = groupBy(eventRows, ({ customer_id }) => customer_id)
  return (conversion) => ({
    touches: latestUntil(conversion.occurredAt, touches.get(conversion.customerId) ?? []),
    milestones: (milestones.get(conversion.customerId) ?? []).filter(isMilestoneOf(conversion)),
  })
}

/** From the earliest to the latest of a customer's conversions, epoch ms. */
interface Span {
  websiteId: string
  customerId: string
  since: number
  until: number
}

function spanOf(conversions: readonly Conversion[]): Span {
  const times = conversions.map(({ occurredAt }) => occurredAt)
  const [{ websiteId, customerId }] = conversions as [Conversion] // a group has one at least
  const since = times.reduce((a, b) => Math.min(a, b))
  return { websiteId, customerId, since, until: times.reduce((a, b) => Math.max(a, b)) }
}

/** The first one of all, and the latest ones up to a time. */
function latestUntil(at: number, touches: readonly CreditTouch[]): CreditTouch[] {
  const [first] = touches
  const until = touches.filter((touch) => touch.at <= at)
  const latest = until.slice(-touchesPerConversion)
  return first && latest.length < until.length ? [first, ...latest] : latest
}

/** In the order they happened; those of one instant by source and customer, because their ids follow the order of arrival. */
function touchesByCustomer(rows: readonly TouchRow[]): Map<string, CreditTouch[]> {
  const byCustomer = new Map<string, CreditTouch[]>()
  for (const [customerId, own] of groupBy(rows, ({ customer_id }) => customer_id))
    byCustomer.set(customerId, own.sort(byTime).map(toTouch))
  return byCustomer
}

const byTime = (a: TouchRow, b: TouchRow) =>
  a.at - b.at || compare(a.touch_key, b.touch_key) || a.owner_id - b.owner_id || Number(a.id) - Number(b.id)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const toTouch = (row: TouchRow, seq: number): CreditTouch => ({
  id: row.id,
  at: row.at,
  seq,
  isDirect: row.is_direct,
  isPaid: row.is_paid,
  item: row.channel ?? undefined,
})

/** Events of a name from the look-back of a customer's earliest conversion to the latest one. */
interface NamedSpan extends Span {
  name: string
}

function namedSpans(conversions: readonly Conversion[]): NamedSpan[] {
  const named = conversions.flatMap((conversion) =>
    [...milestoneNames(conversion.rules.models)].map((name) => ({ conversion, name })),
  )
  const groups = groupBy(named, ({ conversion, name }) => `${conversion.customerId} ${name}`)
  return [...groups.values()].map((group) => {
    const ofName = group.map(({ conversion }) => conversion)
    const since = ofName.map(lookbackStart).reduce((a, b) => Math.min(a, b))
    return { ...spanOf(ofName), since, name: group[0]?.name as string } // a group has one at least
  })
}

const lookbackStart = ({ occurredAt, rules }: Conversion): number => occurredAt - rules.lookbackDays * dayMs

function isMilestoneOf(conversion: Conversion): (event: MilestoneRow) => boolean {
  const names = milestoneNames(conversion.rules.models)
  const since = lookbackStart(conversion)
  return ({ name, at }) => names.has(name) && at >= since && at <= conversion.occurredAt
}

interface TouchRow {
  customer_id: string
  id: string
  at: number
  touch_key: string
  /** The customer of the person to whom it belongs. */
  owner_id: number
  is_direct: boolean
  is_paid: boolean
  channel: string | null
}

interface MilestoneRow extends Milestone {
  customer_id: string
}

const spanColumns = {
  website_id: ({ websiteId }: Span) => websiteId,
  customer_id: ({ customerId }: Span) => customerId,
  since: ({ since }: Span) => since,
  until: ({ until }: Span) => until,
}
const touchSelect = rowStatement<Span, 'limit'>(selectTouches, spanColumns, 'limit')

const milestoneSelect = rowStatement<NamedSpan, 'limit'>(
  selectMilestones,
  { ...spanColumns, name: ({ name }: NamedSpan) => name },
  'limit',
)
