/** For tests: runs a suite on both databases. Never shipped. */
import { forEachDatabase } from '@headwater/testkit/databases'
import type { Db } from './db.ts'
import { createPgliteDb } from './pglite.ts'
import { createPostgresDb } from './postgres.ts'

/** Runs a suite on PGlite and on PostgreSQL 15, each with a fresh database per `open`. */
export const onBothDatabases = (suite: (open: () => Promise<Db>) => void): void =>
  forEachDatabase<Db>(
    {
      pglite: (folder) => createPgliteDb({ folder: `${folder}/pglite` }),
      postgres: async (url) => createPostgresDb({ url }),
    },
    suite,
  )
