/** Writes a column of rows as one array literal, `{1,"a b",NULL}`, which PostgreSQL reads back as an array of any type. */
import type { Param } from './db.ts'

/** A literal with one element per row; null where every element is null: `unnest` of null gives no rows, padded with nulls. */
export type Encode = <Row>(rows: readonly Row[], valueIn: (row: Row) => Param) => string | null

/** Their text contains nothing that a literal would have to quote. */
const plainTypes = new Set(['bigint', 'integer', 'smallint', 'float8', 'boolean', 'uuid'])

/** The encoder of an element type. An instant has none of its own: see `Columns`. */
export function createEncoder(type: string): Encode {
  if (plainTypes.has(type)) return createColumnEncoder(String)
  return createColumnEncoder(type === 'jsonb' ? quoteJson : quote)
}

const createColumnEncoder =
  (toElement: (value: string | number | boolean) => string): Encode =>
  (rows, valueIn) => {
    let literal = ''
    let hasValue = false
    for (const row of rows) {
      const value = valueIn(row)
      if (value === null) {
        literal += ',NULL'
        continue
      }
      if (value === undefined)
        throw new TypeError('A column has an undefined value. Return null for a missing one.')
      hasValue = true
      literal += `,${toElement(value)}`
    }
    return hasValue ? `{${literal.slice(1)}}` : null
  }

/** A literal escapes what JSON escapes, apart from control characters, which JSON text does not contain. */
const quoteJson = (json: string | number | boolean): string => JSON.stringify(json)

function quote(value: string | number | boolean): string {
  const text = String(value)
  if (!text.includes('"') && !text.includes('\\')) return `"${text}"`
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
