/**
 * `npm run bench -- scale`: what an event costs on a database with 10 M events of 1 M customers on 1,000 websites, compared with
 * an empty one.
 *
 * The load comes from 100 of the websites. Half of its sessions belong to customers who were there before, the others to new
 * ones. The empty database contains the websites and the returning customers, but none of their events, so that both
 * databases do the same work.
 */
import type { Postgres } from '@headwater/testkit/postgres'
import { type Mark, ratio } from '../marks.ts'
import type { Span } from '../meter.ts'
import { type Cell, formatCell, formatTable } from '../table.ts'
import { migratedDatabase } from '../targets.ts'
import type { Ranks, VisitedWebsite } from '../visits.ts'
import { costOf, type Figures, figuresOf, figureTitles, keep, type Run, toFigureCells } from '../watch-cpu.ts'
import { generate, makeWebsites, type Size } from './generate.ts'
import { type LargeDatabase, withLargeDatabase } from './large-database.ts'
import { loadWebsites, type Setting, type ShapeName, shapeNames, splitRanks } from './load-websites.ts'

export interface ScalePlan extends Span {
  rounds: number
  size: Size
  /** How many of the websites the load comes from. */
  sending: number
  /** What the large database needs, with room for its log. */
  diskBytes: number
}

export const fullScalePlan: ScalePlan = {
  rounds: 3,
  warmUpMs: 3_000,
  measureMs: 5_000,
  size: { websites: 1_000, customers: 1_000_000, sessions: 2_000_000 },
  sending: 100,
  diskBytes: 14e9,
}
/** A thousandth of it, which only shows that everything runs: its figures mean little. */
export const briefScalePlan: ScalePlan = {
  rounds: 1,
  warmUpMs: 300,
  measureMs: 700,
  size: { websites: 10, customers: 1_000, sessions: 2_000 },
  sending: 5,
  diskBytes: 1e9,
}

/** By name of the shape, one run a round. */
type Runs = Map<ShapeName, Run[]>

interface Results {
  large: Runs
  empty: Runs
}

export async function benchScale(plan: ScalePlan): Promise<Mark[]> {
  const websites = makeWebsites(plan.size.websites)
  const results: Results = { large: new Map(), empty: new Map() }
  const large = await withLargeDatabase(plan, websites, async (server, settings) => {
    for (let round = 0; round < plan.rounds; round++) {
      const setting = settingOf(round, { plan, server, websites })
      addRuns(results.large, await loadWebsites(settings, setting))
      addRuns(results.empty, await loadEmpty(setting, { plan, websites }))
      if (plan.rounds > 1) console.error(`Round ${round + 1} of ${plan.rounds} is done.`)
    }
  })
  console.log(report(results, large, plan))
  return marksOf(results)
}

interface Deps {
  plan: ScalePlan
  server: Postgres
  websites: VisitedWebsite[]
}

/** Every round has other returning customers, so that none of them has returned before. */
function settingOf(round: number, { plan, server, websites }: Deps): Setting {
  const { warmUpMs, measureMs, rounds, size, sending } = plan
  const everyNth = Math.floor(size.websites / sending)
  const ranks = { from: 0, until: size.customers / size.websites }
  return {
    span: { warmUpMs, measureMs },
    server,
    websites: websites.filter((_, i) => i % everyNth === 0).slice(0, sending),
    returning: splitRanks(ranks, rounds)[round] as Ranks, // there is one a round
  }
}

async function loadEmpty(setting: Setting, { plan: { size }, websites }: Omit<Deps, 'server'>) {
  const { settings, drop } = await migratedDatabase(setting.server)
  const websiteIds = setting.websites.map(({ id }) => id)
  try {
    await generate(settings.DATABASE_URL, {
      size,
      websites,
      customers: { websiteIds, ranks: setting.returning },
      sessions: 'none',
    })
    return await loadWebsites(settings, setting)
  } finally {
    await drop()
  }
}

function addRuns(kept: Runs, runs: Map<ShapeName, Run>): void {
  for (const [name, run] of runs) keep(kept, name, run)
}

function report({ large, empty }: Results, database: LargeDatabase, plan: ScalePlan): string {
  const { rounds, measureMs, size, sending } = plan
  const rows = shapeNames.flatMap((name) => [
    toFigureCells(`large, ${name}`, figures(large, name)),
    toFigureCells(`empty, ${name}`, figures(empty, name)),
  ])
  const ratios = shapeNames.map((name): Cell[] => {
    const [a, b] = [figures(large, name), figures(empty, name)]
    return [
      name,
      ratio(a.eventsPerSecond, b.eventsPerSecond),
      ratio(a.serverMs, b.serverMs),
      ratio(a.databaseMs, b.databaseMs),
      ratio(costOf(a), costOf(b)),
    ]
  })
  const numbers = [database.events, size.customers, size.websites].map((count) => count.toLocaleString('en'))
  return [
    `Large: ${numbers[0]} events of ${numbers[1]} customers on ${numbers[2]} websites, ${formatCell(database.bytes / 1e9)} GB, generated in ${formatCell(database.generatedInS)} s.`,
    `Medians of ${rounds}, ${measureMs / 1_000} s each; ${sending} websites send, and half of the sessions are of customers who come back.`,
    'Server, database and client are CPU milliseconds an event; others is the number of cores that other programs kept busy.',
    '',
    formatTable(figureTitles, rows),
    '',
    formatTable(['large against empty', 'events/s', 'server', 'database', 'both'], ratios),
  ].join('\n')
}

const figures = (runs: Runs, name: ShapeName): Figures => figuresOf(runs.get(name) ?? [])

const marksOf = ({ large, empty }: Results): Mark[] =>
  shapeNames.map((name) => ({
    name: `large database, ${name}: CPU of an event, of the empty one's`,
    figure: ratio(costOf(figures(large, name)), costOf(figures(empty, name))),
    atMost: 1.2,
  }))
