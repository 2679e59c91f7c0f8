/** Opens the database that the settings name, with the pepper that belongs to it. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Db } from './db.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { createPgliteDb } from './pglite.ts'
import { createPostgresDb } from './postgres.ts'

export interface OpenDatabase {
  db: Db
  pepper: string
  /** Of a PGlite folder; undefined with a PostgreSQL. */
  lock?: FolderLock
  /** Tells other processes where the folder's holder answers. */
  announce(url: string): void
  close(): Promise<void>
}

/** PostgreSQL at `databaseUrl`, else PGlite in `dataDir`, locked. Throws a FolderInUseError while another process has it. */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  if (config.databaseUrl) {
    const db = createPostgresDb({ url: config.databaseUrl })
    return { db, pepper: config.pepper, announce() {}, close: db.close }
  }
  const { lock, announce, release } = lockFolder(config.dataDir)
  try {
    const pepper = config.pepper ?? keptPepper(config.dataDir)
    const db = await createPgliteDb({ folder: join(config.dataDir, 'pglite') })
    const close = async () => {
      await db.close()
      release()
    }
    return { db, pepper, lock, announce, close }
  } catch (error) {
    release()
    throw error
  }
}

function keptPepper(folder: string): string {
  const file = join(folder, 'pepper')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const pepper = randomBytes(32).toString('hex')
  writeFileSync(file, `${pepper}\n`, { mode: 0o600 })
  return pepper
}
