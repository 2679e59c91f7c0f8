/** For tests: a suite on both databases, and all connections of a PostgreSQL at once. Never shipped. */
import { forEachDatabase } from '@headwater/testkit/databases'
import type { Db, Queries } from './db.ts'
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

/** How many transactions the adapter for PostgreSQL runs at once. */
export const places = 3

export const pidOf = async (queries: Queries): Promise<number> =>
  (await queries.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid ?? 0

/** A promise that others wait for. */
export function createSignal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** Runs as many transactions at once as there are connections, each on its own connection. */
export async function useAllPlaces(db: Db): Promise<Set<number>> {
  const all = createSignal()
  let arrived = 0
  const pids = Array.from({ length: places }, () =>
    db.transaction(async (tx) => {
      const pid = await pidOf(tx)
      arrived += 1
      if (arrived === places) all.give()
      await all.given
      await tx.query('select 1')
      return pid
    }),
  )
  return new Set(await Promise.all(pids))
}
