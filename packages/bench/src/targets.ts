/** What is put under load: collectors or a bare server, and the databases behind them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollectorProcess } from '@headwater/testkit/collector-process'
import {
  createDatabase,
  type Postgres,
  type PostgresOptions,
  startPostgres,
} from '@headwater/testkit/postgres'
import postgres from 'postgres'
import { createPublicToken, runCommand, type Settings } from './commands.ts'
import { startRole } from './roles.ts'

export interface Target {
  /** Where batches are posted to: one address a process. */
  urls: string[]
  headers: Record<string, string>
  pids: number[]
  /** Undefined: the server is its own database, or no other server is compared by it. */
  bytesPerEvent?(): Promise<number>
  stop(): Promise<void>
}

/** Durable commits; and autovacuum looks at new tables at once, as it would have done a minute after a real start. */
const durable = { fsync: 'on', full_page_writes: 'on', autovacuum_naptime: '1s' }

/** A browser's user agent: the collector looks for bots. */
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
export const browserHeaders = { 'content-type': 'application/json', 'user-agent': userAgent }
/** Of every database here; it goes when its database goes. */
export const pepper = 'a pepper for runs on loopback, gone with its database'

/** Runs the work on a PostgreSQL with durable commits, and stops it afterwards. */
export async function onDurablePostgres<Result>(
  work: (database: Postgres) => Promise<Result>,
  options: Pick<PostgresOptions, 'dataDir'> = {},
): Promise<Result> {
  const database = await startPostgres({ ...options, settings: durable })
  return work(database).finally(() => database.stop())
}

export async function startCollectorOnPostgres(server: Postgres): Promise<Target> {
  const { settings, drop } = await migratedDatabase(server)
  const target = await serveWebsite(settings, 1)
  return {
    ...target,
    bytesPerEvent: () => measureBytesPerEvent(settings.DATABASE_URL),
    async stop() {
      await target.stop()
      await drop()
    },
  }
}

export async function startCollectorOnPglite(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'))
  const settings = { HEADWATER_DATA_DIR: folder }
  await runCommand(['migrate'], settings)
  const target = await serveWebsite(settings, 1)
  return {
    ...target,
    async stop() {
      await target.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

export async function startBare(server: Postgres): Promise<Target> {
  const { url: databaseUrl, drop } = await createDatabase(server.url)
  const role = startRole('bare-server')
  return {
    urls: [await role.ask({ databaseUrl })],
    headers: browserHeaders,
    pids: [role.pid],
    async stop() {
      await role.stop()
      await drop()
    },
  }
}

/** A database with the collector's schema; `drop` removes it. */
export async function migratedDatabase({ url }: Postgres) {
  const { url: databaseUrl, drop } = await createDatabase(url)
  const settings = { DATABASE_URL: databaseUrl, HEADWATER_PEPPER: pepper }
  await runCommand(['migrate'], settings)
  return { settings, drop }
}

/** So many collectors on a migrated database, to which it adds a website. */
export async function serveWebsite(settings: Settings, count: number): Promise<Target> {
  const collectors = await startProcesses(settings, count)
  const token = await createPublicToken(settings)
  return { ...collectors, headers: { ...browserHeaders, authorization: `Bearer ${token}` } }
}

/** So many collectors on a database that has websites already: clients bring their tokens. */
export async function startProcesses(settings: Settings, count: number): Promise<Target> {
  const collectors = await Promise.all(
    Array.from({ length: count }, () => startCollectorProcess('serve', settings)),
  )
  return {
    urls: collectors.map(({ url }) => `${url}/v1/batch`),
    headers: browserHeaders,
    pids: collectors.map(({ pid }) => pid),
    async stop() {
      await Promise.all(collectors.map((collector) => collector.end('SIGTERM')))
    },
  }
}

async function measureBytesPerEvent(databaseUrl: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 })
  await sql`vacuum analyze events`
  await sql`vacuum analyze event_dedup_keys`
  const [row] = await sql<{ bytes: number }[]>`
    select (events.size + pg_total_relation_size('event_dedup_keys')) / (select count(*) from events)::float8 as bytes
    from (select sum(pg_total_relation_size(relid)) as size from pg_partition_tree('events')) as events`
  await sql.end()
  return row?.bytes ?? Number.NaN
}
