/** How long a collector takes to credit many stored conversions again while it takes in events. */
import { setTimeout } from 'node:timers/promises'
import postgres from 'postgres'
import { createPublicToken, runCommand, type Settings } from '../commands.ts'
import { startRole } from '../roles.ts'
import type { Pressed } from '../soak/pressure.ts'
import { migratedDatabase, onDurablePostgres, startProcesses, type Target } from '../targets.ts'
import insertPast from './sql/insert_past.sql?raw'

export interface RecomputePlan {
  conversions: number
  touchesEach: number
  /** Sent meanwhile. */
  eventsPerSecond: number
}

export interface Recomputed {
  seconds: number
  /** New versions, and their rows of credit. */
  versions: number
  credits: number
  /** Of its rows of credit, with their indexes. */
  bytesPerConversion: number
  /** Events acknowledged meanwhile, by second, and those that the database does not have. */
  eventsPerSecond: number
  lost: number
}

const sliceMs = 2_000
const shape = {
  eventsPerRequest: 50,
  inARow: 1,
  sessionsAtOnce: 50,
  eventsPerSession: 10,
  returning: { from: 0, until: 0 },
}

/** Changes the default model of a website with so many conversions, none of which is credited yet: each gets a new version. */
export function timeRecompute(plan: RecomputePlan): Promise<Recomputed> {
  return onDurablePostgres(async (server) => {
    const { settings } = await migratedDatabase(server)
    const token = await createPublicToken(settings)
    const sql = postgres(settings.DATABASE_URL, { max: 1 })
    const collector = await startProcesses(settings, 1)
    try {
      await sql.unsafe(insertPast, [plan.conversions, plan.touchesEach])
      await sql.unsafe('vacuum analyze')
      await sql.unsafe('checkpoint')
      return await measure(plan, { collector, settings, sql, token })
    } finally {
      await collector.stop()
      await sql.end()
    }
  })
}

interface Setting {
  collector: Target
  settings: Settings & { DATABASE_URL: string }
  sql: postgres.Sql
  token: string
}

async function measure(
  plan: RecomputePlan,
  { collector, settings, sql, token }: Setting,
): Promise<Recomputed> {
  const before = await conversionBytes(sql)
  const client = startRole('pressure')
  const job = {
    url: collector.urls[0]!,
    headers: collector.headers,
    eventsPerSecond: plan.eventsPerSecond,
    durationMs: sliceMs,
    stepMs: sliceMs,
    maxInFlight: 1_000,
    databaseUrl: settings.DATABASE_URL,
    websites: [{ id: 1, token }],
    ...shape,
  }
  const pressed: Pressed[] = [await client.ask(job)] // caches fill
  await runCommand(['website', 'settings', '--website', '1', '--default-model', 'first'], settings)
  const startedAt = performance.now()
  let isDone = false
  const watching = untilDone(sql).then(() => {
    isDone = true
    return (performance.now() - startedAt) / 1_000
  })
  const meanwhile: Pressed[] = []
  while (!isDone) meanwhile.push(await client.ask(job))
  const seconds = await watching
  await client.stop()
  const [counts] = await sql<{ versions: number; credits: number }[]>`
    select
      (select count(*)::float8 from credit_versions) as versions,
      (select count(*)::float8 from conversion_credits) as credits`
  const sum = (figure: (one: Pressed) => number) =>
    [...pressed, ...meanwhile].reduce((all, one) => all + figure(one), 0)
  return {
    seconds,
    ...counts!, // a select without a condition has a row
    bytesPerConversion: ((await conversionBytes(sql)) - before) / plan.conversions,
    eventsPerSecond:
      meanwhile.reduce((all, { acknowledged }) => all + acknowledged, 0) /
      ((meanwhile.length * sliceMs) / 1_000),
    lost: sum(({ lost }) => lost),
  }
}

async function untilDone(sql: postgres.Sql): Promise<void> {
  for (;;) {
    const [row] = await sql<{ waiting: boolean }[]>`
      select exists (select from background_jobs where status <> 'done') or exists (select from credit_queue) as waiting`
    if (!row?.waiting) return
    await setTimeout(100)
  }
}

async function conversionBytes(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<
    { bytes: number }[]
  >`select pg_total_relation_size('conversion_credits')::float8 as bytes`
  return row?.bytes ?? Number.NaN
}
