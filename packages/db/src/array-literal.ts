/** Writes a column of rows as one array literal, `{1,"a b",NULL}`, which PostgreSQL reads back as an array of any type. */
import type { Param } from './db.ts'

/** A literal with one element a row; null where every element is null: `unnest` of null gives no rows, padded with nulls. */
export type Encode = <Row>(rows: readonly Row[], valueIn: (row: Row) => Param) => string | null

/** Their text has nothing that a literal would have to quote. */
const plainTypes = new Set(['bigint', 'integer', 'smallint', 'float8', 'boolean', 'uuid'])

/** The encoder of an element type. `timestamptz` takes epoch ms. */
export function createEncoder(type: string): Encode {
  if (type === 'timestamptz') return createColumnEncoder((value) => new Date(value as number).toISOString())
  return createColumnEncoder(plainTypes.has(type) ? String : quote)
}

const createColumnEncoder =
  (toElement: (value: string | number | boolean) => string): Encode =>
  (rows, valueIn) => {
    let literal = ''
    let hasValue = false
    for (const row of rows) {
      const value = valueIn(row)
      hasValue ||= value !== null
      literal += value === null ? ',NULL' : `,${toElement(value)}`
    }
    return hasValue ? `{${literal.slice(1)}}` : null
  }

function quote(value: string | number | boolean): string {
  const text = String(value)
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}
