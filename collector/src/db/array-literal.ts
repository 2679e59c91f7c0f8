/** Turns rows into PostgreSQL array literals: one text parameter a column, cast and unnested in SQL. */
import type { Param } from './db.ts'

/** One array literal a column, in the order of `pick`, for `unnest($1::text::bigint[], …)`. */
export function columns<Row>(rows: readonly Row[], ...pick: ((row: Row) => Param)[]): string[] {
  return pick.map((value) => toArrayLiteral(rows.map(value)))
}

/** `{1,"a b",NULL}`: what PostgreSQL reads back as an array of any element type. */
export function toArrayLiteral(values: readonly Param[]): string {
  return `{${values.map(toElement).join(',')}}`
}

function toElement(value: Param): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}
