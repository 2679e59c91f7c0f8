/** Puts a collector on a generated database under load from many of its websites. */
import type { Postgres } from '@headwater/testkit/postgres'
import postgres from 'postgres'
import type { Settings } from '../commands.ts'
import type { Load } from '../load.ts'
import type { Span } from '../meter.ts'
import { startRole } from '../roles.ts'
import { startProcesses } from '../targets.ts'
import type { Ranks, VisitedWebsite, Visits } from '../visits.ts'
import { type Run, watchCpu } from '../watch-cpu.ts'

export interface Setting {
  span: Span
  server: Postgres
  /** Those that send. */
  websites: VisitedWebsite[]
  /** Customers of each of them who return in this round. */
  returning: Ranks
}

type Shape = Pick<Load, 'eventsPerRequest' | 'connections'> &
  Pick<Visits, 'inARow' | 'sessionsAtOnce' | 'eventsPerSession'>

/**
 * As those of `npm run bench -- collector`, with sessions that end: every second batch of one visitor opens one, else every
 * tenth event does. So few are in progress at once that all of them have begun when the warm-up ends.
 */
export const shapes = {
  'batches of 50, one visitor each': {
    eventsPerRequest: 50,
    connections: 16,
    inARow: 50,
    sessionsAtOnce: 2,
    eventsPerSession: 100,
  },
  'batches of 50, many visitors': {
    eventsPerRequest: 50,
    connections: 16,
    inARow: 1,
    sessionsAtOnce: 50,
    eventsPerSession: 10,
  },
  'single events': {
    eventsPerRequest: 1,
    connections: 64,
    inARow: 1,
    sessionsAtOnce: 10,
    eventsPerSession: 10,
  },
} satisfies Record<string, Shape>

export type ShapeName = keyof typeof shapes

export const shapeNames = Object.keys(shapes) as ShapeName[] // Object.keys forgets the type of the keys

/** Resolves with one run per shape. */
export async function loadWebsites(settings: Settings, setting: Setting): Promise<Map<ShapeName, Run>> {
  const collector = await startProcesses(settings, 1)
  const client = startRole('load-websites')
  const { server, websites, span } = setting
  const [forWarmUp, ...forShapes] = splitRanks(setting.returning, 1 + shapeNames.length)
  const toJob = (name: ShapeName, returning: Ranks = { from: 0, until: 0 }) => ({
    ...shapes[name],
    ...span,
    urls: collector.urls,
    headers: collector.headers,
    websites,
    returning,
  })
  const runs = new Map<ShapeName, Run>()
  try {
    // Fills the collector's caches with every campaign and page there is, as its first hour would.
    await client.ask(toJob('batches of 50, many visitors', forWarmUp))
    for (const [i, name] of shapeNames.entries()) {
      await checkpoint(settings)
      const pids = { servers: collector.pids, database: server.pid }
      const job = toJob(name, forShapes[i])
      runs.set(name, await watchCpu(pids, (onMeasuring) => client.ask(job, onMeasuring)))
    }
  } finally {
    await client.stop()
    await collector.stop()
  }
  return runs
}

/** In so many parts of the same length. */
export function splitRanks({ from, until }: Ranks, parts: number): Ranks[] {
  const length = Math.floor((until - from) / parts)
  return Array.from({ length: parts }, (_, i) => ({
    from: from + i * length,
    until: from + (i + 1) * length,
  }))
}

/** Every measurement begins right after a checkpoint, so pages that it changes for the first time are logged as a whole. */
async function checkpoint({ DATABASE_URL: url = '' }: Settings): Promise<void> {
  const sql = postgres(url, { max: 1 })
  await sql`checkpoint`
  await sql.end()
}
