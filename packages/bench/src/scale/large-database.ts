/** The large database: generated in a separate folder without protection from crashes, then served with durable commits. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@headwater/testkit/postgres'
import postgres from 'postgres'
import type { Settings } from '../commands.ts'
import { migratedDatabase, onDurablePostgres } from '../targets.ts'
import type { VisitedWebsite } from '../visits.ts'
import { generate, type Size } from './generate.ts'

export interface LargeDatabase {
  events: number
  bytes: number
  generatedInS: number
}

/** Does the work on the server that holds the database, and removes both afterwards; resolves with what was generated. */
export async function withLargeDatabase(
  { size, diskBytes }: { size: Size; diskBytes: number },
  websites: VisitedWebsite[],
  work: (server: Postgres, settings: Settings) => Promise<void>,
): Promise<LargeDatabase> {
  await checkDisk(diskBytes)
  const dataDir = await temporaryFolder()
  try {
    const { settings, ...generated } = await generateIn(dataDir, size, websites)
    await onDurablePostgres((server) => work(server, onServer(server, settings)), { dataDir })
    return generated
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 })
  }
}

async function checkDisk(neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir())
  const freeBytes = bavail * bsize
  if (freeBytes >= neededBytes) return
  const [needed, free] = [neededBytes, freeBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`)
  throw new Error(
    `scale: the large database needs ${needed} in ${tmpdir()}, where ${free} are free. Make room, or set TMPDIR to another folder.`,
  )
}

/** Removed with the process, if not before. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** A crash while rows are generated costs nothing but the run. */
const generating = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  shared_buffers: '1GB',
  work_mem: '256MB',
  maintenance_work_mem: '512MB',
  autovacuum: 'off',
}

async function generateIn(dataDir: string, size: Size, websites: VisitedWebsite[]) {
  const startedAt = performance.now()
  const server = await startPostgres({ dataDir, settings: generating })
  try {
    const { settings } = await migratedDatabase(server)
    await generate(settings.DATABASE_URL, {
      size,
      websites,
      customers: {
        websiteIds: websites.map(({ id }) => id),
        ranks: { from: 0, until: size.customers / size.websites },
      },
      sessions: 'all',
    })
    const measured = await measure(settings.DATABASE_URL)
    const generatedInS = (performance.now() - startedAt) / 1_000
    return { settings, ...measured, generatedInS }
  } finally {
    await server.stop()
    spawnSync('sync') // otherwise the system would write it to the disk while the load is measured
  }
}

async function measure(databaseUrl: string): Promise<{ events: number; bytes: number }> {
  const sql = postgres(databaseUrl, { max: 1 })
  const [row] = await sql<{ events: number; bytes: number }[]>`
    select (select count(*)::float8 from events) as events, pg_database_size(current_database())::float8 as bytes`
  await sql.end()
  return row as { events: number; bytes: number } // a select without a condition has a row
}

/** The same database, on the server that has its folder now. */
function onServer(server: Postgres, settings: Settings & { DATABASE_URL: string }): Settings {
  const url = new URL(server.url)
  url.pathname = new URL(settings.DATABASE_URL).pathname
  return { ...settings, DATABASE_URL: url.href }
}
