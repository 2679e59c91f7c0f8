/** A database with schema.sql applied, for questions to its catalog. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { freshPostgresUrl } from '@headwater/testkit/databases'
import postgres from 'postgres'

export interface Catalog {
  /** The rows of one statement. */
  query<Row>(statement: string): Promise<Row[]>
  /** Runs statements and returns nothing. */
  exec(statements: string): Promise<void>
  close(): Promise<void>
}

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const schema = readFileSync(`${repository}/schema.sql`, 'utf8')

export const openPostgresCatalog = async (): Promise<Catalog> => {
  const sql = postgres(await freshPostgresUrl(), { max: 1, onnotice: () => undefined })
  await sql.unsafe(schema)
  return {
    query: async <Row>(statement: string) => [...(await sql.unsafe(statement))] as Row[], // the statement's own columns
    exec: async (statements) => void (await sql.unsafe(statements)),
    close: () => sql.end(),
  }
}

export const openPgliteCatalog = async (): Promise<Catalog> => {
  const pglite = new PGlite()
  await pglite.exec(schema)
  return {
    query: async <Row>(statement: string) => (await pglite.query<Row>(statement)).rows,
    exec: async (statements) => void (await pglite.exec(statements)),
    close: () => pglite.close(),
  }
}
