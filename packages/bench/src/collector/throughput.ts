/**
 * `npm run bench -- collector`: how many events a second the collector takes on PostgreSQL and on PGlite, and what they cost,
 * compared with a bare server and bare COPY.
 */
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Postgres } from '@headwater/testkit/postgres'
import { createPublicToken } from '../commands.ts'
import { type Mark, ratio } from '../marks.ts'
import type { Span } from '../meter.ts'
import { startRole } from '../roles.ts'
import { type Cell, formatAmount, formatTable, median } from '../table.ts'
import {
  migratedDatabase,
  onDurablePostgres,
  startBare,
  startCollectorOnPglite,
  startCollectorOnPostgres,
  type Target,
} from '../targets.ts'
import { residentBytes } from '../usage.ts'
import {
  type Figures,
  figuresOf,
  figureTitles,
  keep,
  type Run,
  toFigureCells,
  watchCpu,
} from '../watch-cpu.ts'
import { type ShapeName, shapes } from './shapes.ts'

export interface ThroughputPlan extends Span {
  rounds: number
  /** How long a server is idle before its idle memory is read. */
  idleMs: number
}

export const fullThroughputPlan: ThroughputPlan = {
  rounds: 3,
  warmUpMs: 3_000,
  measureMs: 5_000,
  idleMs: 3_000,
}
/** Only shows that everything runs: its figures mean little. */
export const briefThroughputPlan: ThroughputPlan = { rounds: 1, warmUpMs: 500, measureMs: 1_000, idleMs: 0 }

type ServerName = 'collector on PostgreSQL' | 'bare server' | 'collector on PGlite'

const servers: { name: ServerName; start(database: Postgres): Promise<Target> }[] = [
  { name: 'collector on PostgreSQL', start: startCollectorOnPostgres },
  { name: 'bare server', start: startBare },
  { name: 'collector on PGlite', start: startCollectorOnPglite },
]

interface Footprint {
  idleBytes?: number
  loadedBytes?: number
  bytesPerEvent?: number
}

/** By name of the row or the server, one a round. */
interface Results {
  runs: Map<string, Run[]>
  footprints: Map<string, Footprint[]>
}

export async function benchThroughput(plan: ThroughputPlan): Promise<Mark[]> {
  const results: Results = { runs: new Map(), footprints: new Map() }
  await onDurablePostgres(async (database) => {
    // Round by round, so that a slow minute of the machine does not affect only one row.
    for (let round = 1; round <= plan.rounds; round++) {
      for (const { name, start } of servers)
        await loadServer(name, await start(database), { plan, database, results })
      keep(results.runs, 'bare COPY', await copyRows(plan, database))
      if (plan.rounds > 1) console.error(`Round ${round} of ${plan.rounds} is done.`)
    }
  })
  console.log(report(results, plan))
  return marksOf(results)
}

interface Setting {
  plan: ThroughputPlan
  database: Postgres
  results: Results
}

async function loadServer(name: string, target: Target, { plan, database, results }: Setting): Promise<void> {
  const client = startRole('load')
  try {
    await setTimeout(plan.idleMs)
    const footprint: Footprint = { idleBytes: memoryOf(target) }
    for (const { name: shape, ...requests } of shapes) {
      const { warmUpMs, measureMs } = plan
      const load = { urls: target.urls, headers: target.headers, warmUpMs, measureMs, ...requests }
      const run = await watchCpu({ servers: target.pids, database: database.pid }, (onMeasuring) =>
        client.ask(load, onMeasuring),
      )
      keep(results.runs, `${name}, ${shape}`, run)
    }
    footprint.loadedBytes = memoryOf(target)
    footprint.bytesPerEvent = await target.bytesPerEvent?.()
    keep(results.footprints, name, footprint)
  } finally {
    await client.stop()
    await target.stop()
  }
}

const memoryOf = ({ pids: [pid] }: Target) => (pid === undefined ? undefined : residentBytes(pid))

async function copyRows({ warmUpMs, measureMs }: ThroughputPlan, database: Postgres): Promise<Run> {
  const { settings, drop } = await migratedDatabase(database)
  await createPublicToken(settings) // and the website with it
  const copier = startRole('bare-copy')
  const job = { databaseUrl: settings.DATABASE_URL, warmUpMs, measureMs }
  try {
    return await watchCpu({ servers: [], database: database.pid }, (onMeasuring) =>
      copier.ask(job, onMeasuring),
    )
  } finally {
    await copier.stop()
    await drop()
  }
}

function report({ runs, footprints }: Results, { rounds, measureMs }: ThroughputPlan): string {
  const memory = [...footprints].map(([name, each]): Cell[] => {
    const { idleBytes, loadedBytes, bytesPerEvent } = typicalFootprint(each)
    return [name, megabytes(idleBytes), megabytes(loadedBytes), formatAmount(bytesPerEvent, 'B')]
  })
  return [
    `Client, server and database on the same ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, fsync on.`,
    `Medians of ${rounds}, ${measureMs / 1_000} s each; one request in flight per connection: 16 for batches, 64 for single events.`,
    'COPY commits 10,000 events at once on 2 connections. Server, database and client are CPU milliseconds an event;',
    'others is the number of cores that other programs kept busy.',
    '',
    formatTable(
      figureTitles,
      [...runs].map(([name, each]) => toFigureCells(name, figuresOf(each))),
    ),
    '',
    formatTable(['', 'memory, idle', 'after load', 'stored, an event'], memory),
  ].join('\n')
}

const megabytes = (bytes: number | undefined) => formatAmount(ratio(bytes, 1e6), 'MB')

function typicalFootprint(each: Footprint[]): Footprint {
  return {
    idleBytes: median(each.map(({ idleBytes }) => idleBytes)),
    loadedBytes: median(each.map(({ loadedBytes }) => loadedBytes)),
    bytesPerEvent: median(each.map(({ bytesPerEvent }) => bytesPerEvent)),
  }
}

/**
 * PGlite had to double what it did when the mark was set. That was measured on another machine, so it is compared with what
 * COPY and the bare server did there: 7,050 of 82,000 events/s in batches, 1,015 of 6,947 as single events.
 */
const pgliteMarks = { batchesOfCopy: (2 * 7_050) / 82_000, singleOfBare: (2 * 1_015) / 6_947 }

function marksOf({ runs, footprints }: Results): Mark[] {
  const figures = (name: string): Figures => figuresOf(runs.get(name) ?? [])
  const rows = (server: ServerName) => ({
    oneVisitor: figures(`${server}, ${'batches of 50, one visitor each' satisfies ShapeName}`),
    manyVisitors: figures(`${server}, ${'batches of 50, many visitors' satisfies ShapeName}`),
    single: figures(`${server}, ${'single events' satisfies ShapeName}`),
    ...typicalFootprint(footprints.get(server) ?? []),
  })
  const [collector, bare, pglite] = [
    rows('collector on PostgreSQL'),
    rows('bare server'),
    rows('collector on PGlite'),
  ]
  const copy = figures('bare COPY')
  const rate = (a: Figures, b: Figures) => ratio(a.eventsPerSecond, b.eventsPerSecond)
  const cpu = (a: Figures, b: Figures) => ratio(a.serverMs, b.serverMs)
  return [
    {
      name: 'batches, one visitor each: rate of COPY',
      figure: rate(collector.oneVisitor, copy),
      atLeast: 0.25,
    },
    {
      name: 'batches, many visitors: rate of COPY',
      figure: rate(collector.manyVisitors, copy),
      atLeast: 0.2,
    },
    {
      name: 'single events: rate of the bare server',
      figure: rate(collector.single, bare.single),
      atLeast: 0.8,
    },
    {
      name: 'single events: p99 of the bare server',
      figure: ratio(collector.single.p99Ms, bare.single.p99Ms),
      atMost: 1.5,
    },
    {
      name: 'batches: CPU of the bare server',
      figure: cpu(collector.oneVisitor, bare.oneVisitor),
      atMost: 1.7,
    },
    {
      name: 'single events: CPU of the bare server',
      figure: cpu(collector.single, bare.single),
      atMost: 1.7,
    },
    { name: 'stored, bytes an event', figure: collector.bytesPerEvent, atMost: 600 },
    {
      name: 'PGlite, batches: rate of COPY',
      figure: rate(pglite.oneVisitor, copy),
      atLeast: pgliteMarks.batchesOfCopy,
    },
    {
      name: 'PGlite, single events: rate of the bare server',
      figure: rate(pglite.single, bare.single),
      atLeast: pgliteMarks.singleOfBare,
    },
    { name: 'PGlite: memory once opened, MB', figure: ratio(pglite.idleBytes, 1e6), atMost: 250 },
    { name: 'PostgreSQL: memory idle, MB', figure: ratio(collector.idleBytes, 1e6), atMost: 80 },
    { name: 'PostgreSQL: memory after load, MB', figure: ratio(collector.loadedBytes, 1e6), atMost: 180 },
  ]
}
