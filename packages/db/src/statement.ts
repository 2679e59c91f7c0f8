/**
 * Statements with named parameters. The header of a statement's file names the value at each position; a statement whose
 * header differs from the names in the code, or from its own SQL, does not even load.
 */
import { createEncoder, type Encode } from './array-literal.ts'
import type { Param, Queries } from './db.ts'

/** The value of a row in each column, by the names in the header. An instant is epoch ms, read by `to_timestamp(… / 1000)`. */
export type Columns<Row> = Record<string, (row: Row) => Param>

/** A statement that takes single values by name. */
export interface Statement<Name extends string> {
  sql: string
  names: readonly Name[]
}

/** A statement over rows: a column is sent as one PostgreSQL array literal, and is cast and unnested in SQL. */
export interface RowStatement<Row, Name extends string = never> {
  sql: string
  parameters: readonly ({ column: (row: Row) => Param; encode: Encode } | { name: Name })[]
}

/** Throws a TypeError unless the header lists exactly these names, in any order. */
export function statement<Name extends string>(sql: string, ...names: Name[]): Statement<Name> {
  const header = parametersOf(sql)
  checkNames(sql, header, names)
  return { sql, names: header as Name[] } // they are the same names
}

/**
 * A statement over rows with these columns, and also with single values by name. Throws a TypeError unless the header
 * lists exactly these columns and names.
 */
export function rowStatement<Row, Name extends string = never>(
  sql: string,
  columns: Columns<Row>,
  ...names: Name[]
): RowStatement<Row, Name> {
  const header = parametersOf(sql)
  checkNames(sql, header, [...Object.keys(columns), ...names])
  const parameters = header.map((name, i) => {
    const column = columns[name]
    return column ? { column, encode: createEncoder(arrayTypeOf(sql, i + 1)) } : { name: name as Name }
  })
  return { sql, parameters }
}

/** Runs a statement with its parameters by name. */
export function run<Answer, Name extends string = never>(
  queries: Queries,
  { sql, names }: Statement<Name>,
  params: Record<Name, Param>,
): Promise<Answer[]> {
  return queries.query<Answer>(
    sql,
    names.map((name) => params[name]),
  )
}

/** Runs a statement over rows; without rows it does nothing and returns nothing. */
export async function runRows<Answer = never, Row = unknown, Name extends string = never>(
  queries: Queries,
  { sql, parameters }: RowStatement<Row, Name>,
  rows: readonly Row[],
  ...[params]: [Name] extends [never] ? [] : [Record<Name, Param>]
): Promise<Answer[]> {
  if (rows.length === 0) return []
  const values = parameters.map((parameter) =>
    'name' in parameter
      ? (params as Record<Name, Param>)[parameter.name]
      : parameter.encode(rows, parameter.column),
  )
  return queries.query<Answer>(sql, values)
}

/** The names of the parameters in their order, from header lines such as `-- $1 website_id, $2 key`. */
export function parametersOf(sql: string): string[] {
  const header = sql.split('\n').filter((line) => line.startsWith('--'))
  const named = [...header.join(' ').matchAll(/\$(\d+) ([a-z][a-z0-9_]*)/g)].map(([, at, name]) => ({
    at: Number(at),
    name,
  }))
  const names: string[] = []
  for (const { at, name = '' } of named) {
    if (at !== names.push(name))
      throw new TypeError(`The header numbers $${at} out of order: ${firstLine(sql)}`)
  }
  const used = new Set([...withoutComments(sql).matchAll(/\$(\d+)/g)].map(([, at]) => Number(at)))
  if (used.size !== names.length || [...used].some((at) => at > names.length))
    throw new TypeError(
      `The header names ${names.length} parameters, the statement uses ${used.size}: ${firstLine(sql)}`,
    )
  return names
}

function checkNames(sql: string, header: string[], names: string[]): void {
  const missing = names.filter((name) => !header.includes(name))
  const extra = header.filter((name) => !names.includes(name))
  if (missing.length + extra.length === 0) return
  throw new TypeError(`The header lacks [${missing}] and also has [${extra}]: ${firstLine(sql)}`)
}

function arrayTypeOf(sql: string, at: number): string {
  const [, type] = new RegExp(`\\$${at}::text::(\\w+)\\[\\]`).exec(sql) ?? []
  if (!type)
    throw new TypeError(`$${at} is a column, but is not cast as $${at}::text::<type>[]: ${firstLine(sql)}`)
  return type
}

const withoutComments = (sql: string) => sql.replace(/^--.*$/gm, '')
const firstLine = (sql: string) => sql.split('\n', 1)[0] ?? ''
