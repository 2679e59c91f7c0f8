/** The fields that a matcher may ask about: columns, and paths into columns of JSON. */
import type { Json } from '@headwater/contract'

export type FieldType = 'text' | 'number' | 'json'

export interface SqlField {
  type: FieldType
  /** An expression over the tables of its scope. It becomes SQL as it is, so it never holds anything a user wrote. */
  sql: string
}

export interface Field<Row> extends SqlField {
  /** The same value in a row; null and undefined: missing. */
  read: (row: Row) => unknown
}

/** An event as stored. A field that is null counts as absent. */
export interface MatchedEvent {
  type: string
  name: string
  /** As `storedUrl` leaves it. */
  url?: string | null
  title?: string | null
  revenue_cents?: number | null
  currency?: string | null
  props?: { [key: string]: Json } | null
}

/** An address without its query. Split, not matched by a pattern: that costs PostgreSQL 2 µs a row instead of 0.2 to 1 µs. */
const address = `split_part(e.url, '?', 1)`
const partsOfAddress = (url: MatchedEvent['url']) => url?.split('?', 1).join().split('/')

/** The fields of an event; in SQL, the table `events` has the alias `e`. */
export const eventFields: Record<string, Field<MatchedEvent>> = {
  type: { type: 'text', read: (event) => event.type, sql: 'e.type' },
  name: { type: 'text', read: (event) => event.name, sql: 'e.name' },
  url: { type: 'text', read: (event) => event.url, sql: 'e.url' },
  /** With the port, if the address names one. */
  url_host: {
    type: 'text',
    read: ({ url }) => partsOfAddress(url)?.[2] || null,
    sql: `nullif(split_part(${address}, '/', 3), '')`,
  },
  /** `/` at least. */
  url_path: {
    type: 'text',
    read({ url }) {
      const parts = partsOfAddress(url)
      return parts && `/${parts.slice(3).join('/')}`
    },
    sql: `'/' || array_to_string((string_to_array(${address}, '/'))[4:], '/')`,
  },
  title: { type: 'text', read: (event) => event.title, sql: 'e.title' },
  revenue_cents: { type: 'number', read: (event) => event.revenue_cents, sql: 'e.revenue_cents' },
  currency: { type: 'text', read: (event) => event.currency, sql: 'e.currency' },
  props: { type: 'json', read: (event) => event.props, sql: 'e.props' },
}

/** The name of a field from its column and the keys below it: `props.cart.total`. A dot inside a key is written `\.`. */
export function fieldName(...parts: string[]): string {
  return parts.map((part) => part.replace(/[.\\]/g, '\\$&')).join('.')
}

/** The column that a field's name begins with, and the keys below it; undefined when there is no such field. */
export function findField<F extends { type: FieldType }>(
  fields: Record<string, F>,
  name: string,
): { column: F; keys: string[] } | undefined {
  const [first = '', ...keys] = partsOf(name)
  const column = Object.hasOwn(fields, first) ? fields[first] : undefined
  return column && (keys.length === 0 || column.type === 'json') ? { column, keys } : undefined
}

/** Throws a TypeError when there is no such field: the matcher was not checked, or was checked with other fields. */
export function getField<F extends { type: FieldType }>(fields: Record<string, F>, name: string) {
  const found = findField(fields, name)
  if (found) return found
  throw new TypeError(`Matcher: there is no field '${name}'. Check the matcher with the fields it runs on.`)
}

function partsOf(name: string): string[] {
  const parts = `.${name}`.matchAll(/\.((?:[^.\\]|\\.?)*)/gs)
  return [...parts].map(([, part = '']) => part.replace(/\\([.\\])/g, '$1'))
}
