/** A real collector on PostgreSQL for tests of apps, and a look into its database. */
import { readFile } from 'node:fs/promises'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { freshPostgresUrl, temporaryFolder } from '@headwater/testkit/databases'
import postgres from 'postgres'

export interface Ground {
  collector: CollectorProcess
  /** A public token of its website. */
  token: string
  sql: postgres.Sql
  close(): Promise<void>
}

export async function openGround(): Promise<Ground> {
  const [databaseUrl, folder] = [await freshPostgresUrl(), await temporaryFolder()]
  const collector = await startCollectorProcess('dev', {
    DATABASE_URL: databaseUrl,
    HEADWATER_PEPPER: 'a pepper for apps, long enough to be one',
    HEADWATER_DATA_DIR: `${folder}/data`,
  })
  const sql = postgres(databaseUrl, { onnotice: () => {} })
  const { public_token: token } = JSON.parse(await readFile(`${folder}/dev.json`, 'utf8'))
  return {
    collector,
    token,
    sql,
    async close() {
      await sql.end()
      await collector.end('SIGTERM')
    },
  }
}
