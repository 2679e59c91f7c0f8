/** What is put under load: each a server with an empty database of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollectorProcess } from '@headwater/testkit/collector-process'
import { createDatabase, type Postgres } from '@headwater/testkit/postgres'
import postgres from 'postgres'
import { createPublicToken, runCommand, type Settings } from './commands.ts'
import { startRole } from './roles.ts'

export interface Target {
  /** Where batches are posted to. */
  url: string
  headers: Record<string, string>
  pid: number
  /** Undefined: the server is its own database, or nobody asked. */
  bytesPerEvent?(): Promise<number>
  stop(): Promise<void>
}

/** What a browser says of itself: the collector looks at it. */
const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const headers = { 'content-type': 'application/json', 'user-agent': userAgent }
const pepper = 'a pepper for runs on loopback, gone with its database'

export async function startCollectorOnPostgres(server: Postgres): Promise<Target> {
  const { settings, drop } = await migratedDatabase(server)
  const target = await serve(settings)
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
  const target = await serve(settings)
  return {
    ...target,
    async stop() {
      await target.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

export async function startBare(server: Postgres, program: string): Promise<Target> {
  const { url: databaseUrl, drop } = await createDatabase(server.url)
  const role = startRole('bare-server', program)
  return {
    url: await role.ask({ databaseUrl }),
    headers,
    pid: role.pid,
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

async function serve(settings: Settings): Promise<Target> {
  const collector = await startCollectorProcess('serve', settings)
  const token = await createPublicToken(settings)
  return {
    url: `${collector.url}/v1/batch`,
    headers: { ...headers, authorization: `Bearer ${token}` },
    pid: collector.pid,
    async stop() {
      await collector.end('SIGTERM')
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
