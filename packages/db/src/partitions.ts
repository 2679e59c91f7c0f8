/** Monthly partitions of `events`, created before the first event of their month is stored. */
import type { Db, Queries } from './db.ts'

export interface Partitions {
  /** Creates the partitions that these instants (epoch ms) need, and next month's a week ahead; free for months already seen. */
  ensure(instants: Iterable<number>): Promise<void>
  /** Forgets which months exist: one was dropped by retention. */
  forget(): void
}

const weekMs = 7 * 86_400_000

export function createPartitions({ db, now }: { db: Db; now: () => number }): Partitions {
  const known = new Set<string>()
  return {
    async ensure(instants) {
      const months = monthsOf(instants).add(nameOf(now() + weekMs))
      const missing = [...months].filter((month) => !known.has(month)).sort()
      if (missing.length === 0) return
      await db.transaction((tx) => makePartitions(tx, missing))
      for (const month of missing) known.add(month)
    },
    forget: () => known.clear(),
  }
}

/**
 * Created separately, then attached: the lock that this takes on `events` does not block readers or writers, whereas
 * `create table … partition of` would wait for every reader, and block everyone else meanwhile.
 */
async function makePartitions(tx: Queries, months: string[]): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('headwater.partitions'))`) // two collectors may start at once
  for (const month of months) {
    const name = `events_${month.replace('-', '_')}`
    const [found] = await tx.query<{ exists: boolean }>(`select to_regclass('${name}') is not null as exists`)
    if (found?.exists) continue
    await tx.query(`create table ${name} (like events including all excluding identity)`)
    await tx.query(
      `alter table events attach partition ${name} for values from ('${startOf(month)}') to ('${startOf(after(month))}')`,
    )
  }
}

/** The names of their months. Consecutive instants are mostly in one month, so its name is reused. */
function monthsOf(instants: Iterable<number>): Set<string> {
  const months = new Set<string>()
  let month = { from: 0, until: 0 }
  for (const instant of instants) {
    if (instant >= month.from && instant < month.until) continue
    const name = nameOf(instant)
    month = { from: Date.parse(startOf(name)), until: Date.parse(startOf(after(name))) }
    months.add(name)
  }
  return months
}

const nameOf = (instant: number) => new Date(instant).toISOString().slice(0, 7)
const startOf = (month: string) => `${month}-01T00:00:00Z`

function after(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number] // from an ISO date
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7)
}
