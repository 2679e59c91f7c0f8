/** Opens the database that the settings name: a PostgreSQL, or an embedded PGlite in a locked folder. */
import { join } from 'node:path'
import type { Db } from './db.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { createPgliteDb } from './pglite.ts'
import { createPostgresDb } from './postgres.ts'

export interface DatabaseSettings {
  /** A PostgreSQL; undefined: PGlite in `dataDir`. */
  databaseUrl?: string
  /** The folder of the embedded database. */
  dataDir: string
}

export interface OpenDatabase {
  db: Db
  /** Of a PGlite folder; undefined with a PostgreSQL. */
  lock?: FolderLock
  /** Writes the holder's address into the lock, for other processes. */
  announce(url: string): void
  close(): Promise<void>
}

/** PostgreSQL at `databaseUrl`, else PGlite in `dataDir`, locked. Throws a FolderInUseError while another process has it. */
export async function openDatabase({ databaseUrl, dataDir }: DatabaseSettings): Promise<OpenDatabase> {
  if (databaseUrl) {
    const db = createPostgresDb({ url: databaseUrl })
    return { db, announce() {}, close: db.close }
  }
  const { lock, announce, release } = lockFolder(dataDir)
  try {
    const db = await createPgliteDb({ folder: join(dataDir, 'pglite') })
    const close = async () => {
      await db.close()
      release()
    }
    return { db, lock, announce, close }
  } catch (error) {
    release()
    throw error
  }
}
