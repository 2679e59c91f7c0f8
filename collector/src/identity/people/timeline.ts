/** The timeline of a person: its events, newest first, page by page. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { type Person, paramsOf } from './person.ts'
import { fromCursor, toCursor } from './place.ts'
import selectTimeline from './sql/select_timeline.sql?raw'

export interface TimelineEvent {
  id: string
  customer_id: string
  /** Null: it came without a session. */
  session_id: string | null
  occurred_at: Date
  type: string
  name: string
  url: string | null
  title: string | null
  /** Minor units; null, like the currency: no revenue. */
  revenue_cents: number | null
  currency: string | null
  /** Null: it is not a conversion. `counted` is false when its rule counts another one. */
  conversion: { id: string; name: string; counted: boolean; is_refund: boolean } | null
}

export interface Timeline {
  events: TimelineEvent[]
  /** Of the next page; null: there is none. */
  cursor: string | null
}

export interface TimelinePage {
  /** Default: from the newest. */
  cursor?: string
  limit: number
}

/** Throws an OperationError when the cursor is none of a timeline. */
export async function readTimeline(
  queries: Queries,
  person: Person,
  { cursor, limit }: TimelinePage,
): Promise<Timeline> {
  const [before_at, before_id] = cursor === undefined ? [null, null] : fromCursor(cursor, isPlace)
  const params = { ...paramsOf(person), before_at, before_id, limit: limit + 1 } // one more, to know whether there are more
  const rows = await run<TimelineRow, keyof typeof params>(queries, timelineSelect, params)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    events: rows.slice(0, limit).map(readEvent),
    cursor: last ? toCursor(last.place.split(' ')) : null,
  }
}

type Place = [at: string, id: string]

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) &&
  value.length === 2 &&
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(value[0])) &&
  !Number.isNaN(Date.parse(String(value[0]))) &&
  /^\d{1,18}$/.test(String(value[1]))

interface TimelineRow extends Omit<TimelineEvent, 'conversion'> {
  conversion_id: string | null
  conversion_name: string
  conversion_counted: boolean
  conversion_is_refund: boolean
  /** Time, to the microsecond, and id. */
  place: string
}

function readEvent(row: TimelineRow): TimelineEvent {
  const { conversion_id: id, conversion_name: name, place: _, ...others } = row
  const { conversion_counted: counted, conversion_is_refund: is_refund, ...event } = others
  return { ...event, conversion: id === null ? null : { id, name, counted, is_refund } }
}

const timelineSelect = statement(
  selectTimeline,
  'website_id',
  'customer_ids',
  'before_at',
  'before_id',
  'limit',
)
