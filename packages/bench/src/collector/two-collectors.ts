/** `npm run bench -- two-collectors`: whether two collectors on one database share its load without loss, deadlock or waste. */
import type { Postgres } from '@headwater/testkit/postgres'
import postgres from 'postgres'
import { type Mark, ratio } from '../marks.ts'
import type { Span } from '../meter.ts'
import { startRole } from '../roles.ts'
import { type Cell, formatTable } from '../table.ts'
import { migratedDatabase, onDurablePostgres, serveWebsite, type Target } from '../targets.ts'
import { costOf, figuresOf, keep, type Run, watchCpu } from '../watch-cpu.ts'
import { shapes } from './shapes.ts'

export interface TwoCollectorsPlan extends Span {
  rounds: number
}

export const fullTwoCollectorsPlan: TwoCollectorsPlan = { rounds: 3, warmUpMs: 3_000, measureMs: 5_000 }
/** Only shows that everything runs: its figures mean little. */
export const briefTwoCollectorsPlan: TwoCollectorsPlan = { rounds: 1, warmUpMs: 500, measureMs: 1_000 }

/** What so many collectors did, in all rounds. */
interface Outcome {
  /** By the name of the shape. */
  runs: Map<string, Run[]>
  acknowledged: number
  stored: number
  deadlocks: number
}

/** The same visitors send through both collectors, so that the two meet at the same rows. */
export async function benchTwoCollectors(plan: TwoCollectorsPlan): Promise<Mark[]> {
  const [one, two] = [emptyOutcome(), emptyOutcome()]
  await onDurablePostgres(async (database) => {
    for (let round = 1; round <= plan.rounds; round++) {
      await loadCollectors(1, { plan, database, outcome: one })
      await loadCollectors(2, { plan, database, outcome: two })
      if (plan.rounds > 1) console.error(`Round ${round} of ${plan.rounds} is done.`)
    }
  })
  console.log(report(one, two, plan))
  return marksOf(one, two)
}

const emptyOutcome = (): Outcome => ({ runs: new Map(), acknowledged: 0, stored: 0, deadlocks: 0 })

interface Setting {
  plan: TwoCollectorsPlan
  database: Postgres
  outcome: Outcome
}

async function loadCollectors(count: number, setting: Setting): Promise<void> {
  const { settings, drop } = await migratedDatabase(setting.database)
  try {
    await loadTarget(await serveWebsite(settings, count), setting)
    const { stored, deadlocks } = await readCounts(settings.DATABASE_URL) // the collectors have ended, so everything is counted
    setting.outcome.stored += stored
    setting.outcome.deadlocks += deadlocks
  } finally {
    await drop()
  }
}

async function loadTarget(target: Target, { plan, database, outcome }: Setting): Promise<void> {
  const client = startRole('load')
  const { warmUpMs, measureMs } = plan
  try {
    for (const { name, ...requests } of shapes) {
      const load = { urls: target.urls, headers: target.headers, warmUpMs, measureMs, ...requests }
      const run = await watchCpu({ servers: target.pids, database: database.pid }, (onMeasuring) =>
        client.ask(load, onMeasuring),
      )
      keep(outcome.runs, name, run)
      outcome.acknowledged += run.acknowledged
    }
  } finally {
    await client.stop()
    await target.stop()
  }
}

async function readCounts(databaseUrl: string): Promise<{ stored: number; deadlocks: number }> {
  const sql = postgres(databaseUrl, { max: 1 })
  const [row] = await sql<{ stored: number; deadlocks: number }[]>`
    select
      (select count(*)::float8 from events) as stored,
      (select deadlocks::float8 from pg_stat_database where datname = current_database()) as deadlocks`
  await sql.end()
  return row as { stored: number; deadlocks: number } // a select without a condition has a row
}

function report(one: Outcome, two: Outcome, { rounds, measureMs }: TwoCollectorsPlan): string {
  const rates = shapes.map(({ name }): Cell[] => {
    const [single, together] = [figuresOf(one.runs.get(name) ?? []), figuresOf(two.runs.get(name) ?? [])]
    return [
      name,
      single.eventsPerSecond,
      together.eventsPerSecond,
      ratio(together.eventsPerSecond, single.eventsPerSecond),
      ratio(costOf(together), costOf(single)),
    ]
  })
  const counts = (
    [
      ['one collector', one],
      ['two collectors', two],
    ] as const
  ).map(([name, { acknowledged, stored, deadlocks }]): Cell[] => [name, acknowledged, stored, deadlocks])
  return [
    `Two collectors on one database, medians of ${rounds}, ${measureMs / 1_000} s each: the same visitors send through both.`,
    'The cost is CPU of collectors and database an event.',
    '',
    formatTable(['', 'one, events/s', 'two, events/s', 'ratio', 'ratio of cost'], rates),
    '',
    formatTable(['', 'acknowledged', 'stored', 'deadlocks'], counts),
  ].join('\n')
}

const marksOf = (one: Outcome, two: Outcome): Mark[] => [
  ...shapes.map(({ name }): Mark => {
    const rate = ({ runs }: Outcome) => figuresOf(runs.get(name) ?? []).eventsPerSecond
    return { name: `two collectors, ${name}: rate of one`, figure: ratio(rate(two), rate(one)), atLeast: 1 }
  }),
  {
    name: 'two collectors: acknowledged and stored events differ by',
    figure: Math.abs(two.acknowledged - two.stored),
    atMost: 0,
  },
  { name: 'two collectors: deadlocks', figure: two.deadlocks, atMost: 0 },
]
