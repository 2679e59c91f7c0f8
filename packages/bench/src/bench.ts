/**
 * `npm run bench`: prints how many events a second the collector takes, beside what the database and a bare server can do,
 * and what the browser SDK costs its pages. `-- sdk` or `-- collector` is one of the two, `--brief` shows only that it runs.
 */
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Postgres, startPostgres } from '@headwater/testkit/postgres'
import { createPublicToken } from './commands.ts'
import type { Measured, Span } from './meter.ts'
import { isRole, playRole, startRole } from './roles.ts'
import { benchSdk, briefSdkPlan, fullSdkPlan } from './sdk/sdk-bench.ts'
import { type Cell, formatCell, formatTable, median } from './table.ts'
import {
  migratedDatabase,
  startBare,
  startCollectorOnPglite,
  startCollectorOnPostgres,
  type Target,
} from './targets.ts'
import { cpuSeconds, familyCpuSeconds, machineCpuSeconds, residentBytes } from './usage.ts'

interface Plan extends Span {
  rounds: number
}

const fullPlan: Plan = { rounds: 3, warmUpMs: 3_000, measureMs: 5_000 }
/** Only shows that everything runs: its figures mean little. */
const briefPlan: Plan = { rounds: 1, warmUpMs: 500, measureMs: 1_000 }

/** Durable commits; and autovacuum looks at new tables at once, as it would have done a minute after a real start. */
const databaseSettings = { fsync: 'on', full_page_writes: 'on', autovacuum_naptime: '1s' }

const program = fileURLToPath(import.meta.url) // the build is one file: it starts itself as each of its roles

/** A browser's batch holds one visitor; a server's holds many, and touches as many customers and sessions. */
const shapes = [
  { name: 'batches of 50, one visitor each', eventsPerRequest: 50, connections: 16, inARow: 50 },
  { name: 'batches of 50, many visitors', eventsPerRequest: 50, connections: 16, inARow: 1 },
  { name: 'single events', eventsPerRequest: 1, connections: 64, inARow: 1 },
]

const servers: { name: string; start(database: Postgres): Promise<Target> }[] = [
  { name: 'collector on PostgreSQL', start: startCollectorOnPostgres },
  { name: 'bare server', start: (database) => startBare(database, program) },
  { name: 'collector on PGlite', start: startCollectorOnPglite },
]

/** One measure of one row of the table. CPU seconds are undefined where the system does not tell, or nobody is there. */
interface Run extends Measured {
  serverCpuSeconds?: number
  databaseCpuSeconds?: number
  /** Of programs that have nothing to do with the run. */
  otherCpuSeconds?: number
}

interface Footprint {
  idleBytes?: number
  loadedBytes?: number
  bytesPerEvent?: number
}

/** By name of the row or the server, one a round. */
type Results = { runs: Map<string, Run[]>; footprints: Map<string, Footprint[]> }

const words = process.argv.slice(2)
if (isRole(words[0])) playRole(words[0])
else await benchAsAsked()

async function benchAsAsked(): Promise<void> {
  const isBrief = words.includes('--brief')
  if (!words.includes('sdk')) await benchCollector(isBrief ? briefPlan : fullPlan)
  if (!words.includes('collector')) await benchSdk(isBrief ? briefSdkPlan : fullSdkPlan)
}

async function benchCollector(plan: Plan): Promise<void> {
  // "exit" ends what we started; a signal alone would not.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const database = await startPostgres({ settings: databaseSettings })
  const results: Results = { runs: new Map(), footprints: new Map() }
  try {
    // Round by round, so that a slow minute of the machine does not hit one row alone.
    for (let round = 1; round <= plan.rounds; round++) {
      for (const { name, start } of servers)
        await loadServer(name, await start(database), { plan, database, results })
      keep(results.runs, 'bare COPY', await copyRows(plan, database))
      if (plan.rounds > 1) console.error(`Round ${round} of ${plan.rounds} is done.`)
    }
  } finally {
    await database.stop()
  }
  console.log(report(results, plan))
}

interface Setting {
  plan: Plan
  database: Postgres
  results: Results
}

async function loadServer(name: string, target: Target, { plan, database, results }: Setting): Promise<void> {
  const client = startRole('load', program)
  const footprint: Footprint = { idleBytes: residentBytes(target.pid) }
  try {
    for (const { name: shape, ...requests } of shapes) {
      const { warmUpMs, measureMs } = plan
      const load = { url: target.url, headers: target.headers, warmUpMs, measureMs, ...requests }
      const run = await watchCpu({ server: target.pid, database: database.pid }, (onMeasuring) =>
        client.ask(load, onMeasuring),
      )
      keep(results.runs, `${name}, ${shape}`, run)
    }
    footprint.loadedBytes = residentBytes(target.pid)
    footprint.bytesPerEvent = await target.bytesPerEvent?.()
    keep(results.footprints, name, footprint)
  } finally {
    await client.stop()
    await target.stop()
  }
}

async function copyRows({ warmUpMs, measureMs }: Plan, database: Postgres): Promise<Run> {
  const { settings, drop } = await migratedDatabase(database)
  await createPublicToken(settings) // and the website with it
  const copier = startRole('bare-copy', program)
  const job = { databaseUrl: settings.DATABASE_URL, warmUpMs, measureMs }
  try {
    return await watchCpu({ database: database.pid }, (onMeasuring) => copier.ask(job, onMeasuring))
  } finally {
    await copier.stop()
    await drop()
  }
}

/** Adds what the processes used from the end of the warm-up to the end. */
async function watchCpu(
  pids: { server?: number; database: number },
  work: (onMeasuring: () => void) => Promise<Measured>,
): Promise<Run> {
  const read = () => ({
    server: pids.server && cpuSeconds(pids.server),
    database: familyCpuSeconds(pids.database),
    machine: machineCpuSeconds(),
  })
  let before = read()
  const measured = await work(() => {
    before = read()
  })
  const after = read()
  const serverCpuSeconds = difference(before.server, after.server)
  const databaseCpuSeconds = difference(before.database, after.database)
  const ours = (serverCpuSeconds ?? 0) + (databaseCpuSeconds ?? 0) + measured.clientCpuSeconds
  const otherCpuSeconds = difference(ours, difference(before.machine, after.machine))
  return { ...measured, serverCpuSeconds, databaseCpuSeconds, otherCpuSeconds }
}

function difference(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}

function keep<Value>(kept: Map<string, Value[]>, name: string, value: Value): void {
  kept.set(name, [...(kept.get(name) ?? []), value])
}

function report({ runs, footprints }: Results, { rounds, measureMs }: Plan): string {
  const titles = ['', 'events/s', 'p50 ms', 'p99 ms', 'server', 'database', 'client', 'others']
  const bytes = (amount: number | undefined) => (amount === undefined ? '–' : `${formatCell(amount)} B`)
  const megabytes = (amount: number | undefined) =>
    amount === undefined ? '–' : `${formatCell(amount / 1e6)} MB`
  const footprint = [...footprints].map(([name, each]): Cell[] => [
    name,
    megabytes(median(each.map(({ idleBytes }) => idleBytes))),
    megabytes(median(each.map(({ loadedBytes }) => loadedBytes))),
    bytes(median(each.map(({ bytesPerEvent }) => bytesPerEvent))),
  ])
  return [
    `Client, server and database on the same ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, fsync on.`,
    `Medians of ${rounds}, ${measureMs / 1_000} s each; one request in flight per connection: 16 for batches, 64 for single events.`,
    'COPY commits 10,000 events at once on 2 connections. The last three columns are CPU milliseconds an event.',
    '',
    formatTable(titles, [...runs].map(toCells)),
    '',
    formatTable(['', 'memory, idle', 'after load', 'stored, an event'], footprint),
  ].join('\n')
}

function toCells([name, each]: [string, Run[]]): Cell[] {
  const typical = (figure: (run: Run) => number | undefined) => median(each.map(figure))
  const perEvent = (seconds: number | undefined, { events }: Run) =>
    seconds === undefined || events === 0 ? undefined : (seconds * 1_000) / events
  return [
    name,
    typical((run) => run.events / run.seconds),
    typical((run) => run.p50Ms),
    typical((run) => run.p99Ms),
    typical((run) => perEvent(run.serverCpuSeconds, run)),
    typical((run) => perEvent(run.databaseCpuSeconds, run)),
    typical((run) => perEvent(run.clientCpuSeconds, run)),
    typical(({ otherCpuSeconds: other, seconds }) => other && Math.max(other / seconds, 0)),
  ]
}
