/** Hands rows to a statement: a column travels as one PostgreSQL array literal, and is cast and unnested in SQL. */
import type { Param, Queries } from './db.ts'

/** What a row says in each column, in the order of the statement's parameters. */
export type Columns<Row> = Record<string, (row: Row) => Param>

/** Runs a statement over rows, with one parameter a column; does nothing, and answers nothing, for no rows. */
export async function queryRows<Row, Answer = never>(
  queries: Queries,
  { sql, columns, rows }: { sql: string; columns: Columns<Row>; rows: readonly Row[] },
): Promise<Answer[]> {
  if (rows.length === 0) return []
  return queries.query<Answer>(sql, toParams(rows, columns))
}

/** One array literal a column, for `unnest($1::text::bigint[], …)`. */
export function toParams<Row>(rows: readonly Row[], columns: Columns<Row>): string[] {
  return Object.values(columns).map((valueIn) => toArrayLiteral(rows.map(valueIn)))
}

/** `{1,"a b",NULL}`: what PostgreSQL reads back as an array of any element type. */
export function toArrayLiteral(values: readonly Param[]): string {
  return `{${values.map(toElement).join(',')}}`
}

/** An instant as text that PostgreSQL reads without loss: ISO 8601, UTC. */
export const toInstant = (epochMs: number): string => new Date(epochMs).toISOString()

function toElement(value: Param): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}
