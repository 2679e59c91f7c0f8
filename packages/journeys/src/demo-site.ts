/** A collector in development mode with its demo shop, on either database, for journeys. */
import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import {
  type CollectorProcess,
  runHeadwater,
  startCollectorProcess,
} from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import postgres from 'postgres'
import { expect } from 'vitest'

export type Query = (sql: string) => Promise<Record<string, unknown>[]>

export interface DemoSite {
  collector: CollectorProcess
  websiteId: string
  secretToken: string
  /** Runs a command beside the collector, as an operator does, and returns the JSON that it prints. */
  headwater(...command: string[]): Promise<unknown>
  /** Ends the collector, then looks into its database. */
  inspect(look: (query: Query) => Promise<void>): Promise<void>
}

/** How a site is opened, by the name of its database. */
export const demoSites: [database: string, open: () => Promise<DemoSite>][] = [
  ['PGlite', openOnPglite],
  ['PostgreSQL 15', openOnPostgres],
]

async function openOnPglite(): Promise<DemoSite> {
  const folder = await temporaryFolder()
  return openSite(folder, { HEADWATER_DATA_DIR: `${folder}/data` }, async () => {
    const database = await PGlite.create(`${folder}/data/pglite`)
    return {
      query: async (sql) => (await database.query<Record<string, unknown>>(sql)).rows,
      close: () => database.close(),
    }
  })
}

async function openOnPostgres(): Promise<DemoSite> {
  const [url, folder] = [await freshPostgresUrl(), await temporaryFolder()]
  const settings = {
    DATABASE_URL: url,
    HEADWATER_PEPPER: 'a pepper for the journey, long enough to be one',
    HEADWATER_DATA_DIR: `${folder}/data`,
  }
  return openSite(folder, settings, async () => {
    const sql = postgres(url, { onnotice: () => {} })
    return { query: (text) => sql.unsafe(text), close: () => sql.end() }
  })
}

async function openSite(
  folder: string,
  settings: Record<string, string>,
  connect: () => Promise<{ query: Query; close(): Promise<void> }>,
): Promise<DemoSite> {
  const collector = await startCollectorProcess('dev', settings)
  const { website_id: websiteId, secret_token: secretToken } = JSON.parse(
    await readFile(`${folder}/dev.json`, 'utf8'),
  )
  return {
    collector,
    websiteId,
    secretToken,
    headwater: (...command) => runHeadwater(command, settings),
    async inspect(look) {
      expect(await collector.end('SIGTERM')).toBe(0)
      const { query, close } = await connect()
      await look(query)
      await close()
    },
  }
}
