/** Monthly partitions of `events`, made before the first event of their month is stored. */
import type { Db } from './db.ts'

export interface Partitions {
  /** Makes the partitions that these instants (epoch ms) need; free for months already seen. */
  ensure(instants: Iterable<number>): Promise<void>
  /** Forgets which months exist: one was dropped by retention. */
  forget(): void
}

export function createPartitions(db: Db): Partitions {
  const known = new Set<string>()
  return {
    async ensure(instants) {
      const missing = new Set<string>()
      for (const instant of instants) {
        const month = new Date(instant).toISOString().slice(0, 7)
        if (!known.has(month)) missing.add(month)
      }
      if (missing.size === 0) return
      await makePartitions(db, [...missing].sort())
      for (const month of missing) known.add(month)
    },
    forget: () => known.clear(),
  }
}

async function makePartitions(db: Db, months: string[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('headwater.partitions'))`) // two collectors may start at once
    for (const month of months) {
      const [year, number] = month.split('-').map(Number) as [number, number] // from an ISO date
      const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7)
      await tx.query(
        `create table if not exists events_${month.replace('-', '_')} partition of events ` +
          `for values from ('${month}-01 00:00:00+00') to ('${next}-01 00:00:00+00')`,
      )
    }
  })
}
