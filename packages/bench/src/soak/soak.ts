/**
 * `npm run bench -- soak`: the collector's memory and answers over five minutes of a rate that it can take, then at ten times
 * what it can take, then at the old rate again. Clients do not wait when they are asked to.
 */
import { setTimeout } from 'node:timers/promises'
import { createPublicToken } from '../commands.ts'
import { type Mark, ratio } from '../marks.ts'
import type { Span } from '../meter.ts'
import { startRole } from '../roles.ts'
import { type Cell, formatCell, formatTable } from '../table.ts'
import { migratedDatabase, onDurablePostgres, startProcesses, type Target } from '../targets.ts'
import { residentBytes } from '../usage.ts'
import type { Visits } from '../visits.ts'
import type { Pressed, Step } from './pressure.ts'

export interface SoakPlan {
  /** How long the collector is idle before its idle memory is read. */
  idleMs: number
  /** For measuring what it can take. */
  capacity: Span
  steadyMs: number
  overloadMs: number
  recoveryMs: number
  /** How often memory is read and answers are counted. */
  stepMs: number
}

export const fullSoakPlan: SoakPlan = {
  idleMs: 3_000,
  capacity: { warmUpMs: 3_000, measureMs: 5_000 },
  steadyMs: 300_000,
  overloadMs: 60_000,
  recoveryMs: 30_000,
  stepMs: 30_000,
}
/** Only shows that everything runs: its figures mean little. */
export const briefSoakPlan: SoakPlan = {
  idleMs: 0,
  capacity: { warmUpMs: 300, measureMs: 700 },
  steadyMs: 3_000,
  overloadMs: 2_000,
  recoveryMs: 1_000,
  stepMs: 1_000,
}

/** A batch holds five visitors, each with all events of a session: the collector always gets unknown visitors. */
const shape = { eventsPerRequest: 50, inARow: 10, sessionsAtOnce: 50, eventsPerSession: 10 }
const noRanks = { from: 0, until: 0 }
/** Leaves room for a busy minute of the machine. */
const steadyShare = 0.5
const overload = 10
/** Their events are more than twice what the collector lets wait. */
const maxInFlight = 1_000

type PhaseName = 'steady' | 'overload' | 'recovery'

interface Phase extends Pressed {
  name: PhaseName
  eventsPerSecond: number
  /** Resident memory at the end of each step. */
  memory: (number | undefined)[]
}

interface Soaked {
  idleBytes: number | undefined
  capacity: number
  phases: Phase[]
}

export async function benchSoak(plan: SoakPlan): Promise<Mark[]> {
  const soaked = await onDurablePostgres(async (database) => {
    const { settings } = await migratedDatabase(database)
    const collector = await startProcesses(settings, 1)
    const token = await createPublicToken(settings)
    const source = { ...shape, websites: [{ id: 1, token }], returning: noRanks }
    try {
      return await soak(plan, { collector, databaseUrl: settings.DATABASE_URL, source })
    } finally {
      await collector.stop()
    }
  })
  console.log(report(soaked, plan))
  return marksOf(soaked)
}

interface Setting {
  collector: Target
  databaseUrl: string
  source: Visits & { eventsPerRequest: number }
}

async function soak(plan: SoakPlan, setting: Setting): Promise<Soaked> {
  await setTimeout(plan.idleMs)
  const idleBytes = memoryOf(setting.collector)
  const capacity = await measureCapacity(plan.capacity, setting)
  const press = (name: PhaseName, eventsPerSecond: number, durationMs: number) =>
    runPhase({ name, eventsPerSecond, durationMs, stepMs: plan.stepMs }, setting)
  const phases = [
    await press('steady', capacity * steadyShare, plan.steadyMs),
    await press('overload', capacity * overload, plan.overloadMs),
    await press('recovery', capacity * steadyShare, plan.recoveryMs),
  ]
  return { idleBytes, capacity, phases }
}

const memoryOf = ({ pids: [pid] }: Target) => (pid === undefined ? undefined : residentBytes(pid))

/** Events a second that it takes when every client waits for its answers. */
async function measureCapacity(span: Span, { collector, source }: Setting): Promise<number> {
  const client = startRole('load-websites')
  const { urls, headers } = collector
  try {
    const { events, seconds } = await client.ask({ ...span, urls, headers, connections: 16, ...source })
    return events / seconds
  } finally {
    await client.stop()
  }
}

interface PhasePlan {
  name: PhaseName
  eventsPerSecond: number
  durationMs: number
  stepMs: number
}

async function runPhase(phase: PhasePlan, { collector, databaseUrl, source }: Setting): Promise<Phase> {
  const client = startRole('pressure') // a new process: what it remembers of the last phase would slow it down
  const { name, eventsPerSecond, durationMs, stepMs } = phase
  const {
    urls: [url = ''],
    headers,
  } = collector
  const job = { url, headers, eventsPerSecond, durationMs, stepMs, maxInFlight, databaseUrl, ...source }
  try {
    const [pressed, memory] = await Promise.all([client.ask(job), watchMemory(collector, phase)])
    return { ...pressed, name, eventsPerSecond, memory }
  } finally {
    await client.stop()
  }
}

/** Reads the memory at the end of each step, and prints it at once, because five minutes are long. */
async function watchMemory(collector: Target, { name, durationMs, stepMs }: PhasePlan) {
  const memory: (number | undefined)[] = []
  for (let passedMs = stepMs; passedMs <= durationMs; passedMs += stepMs) {
    await setTimeout(stepMs, undefined, { ref: false }) // the client's failure ends the run before
    memory.push(memoryOf(collector))
    console.error(`${name}, ${passedMs / 1_000} s: ${formatCell(megabytes(memory.at(-1)))} MB`)
  }
  return memory
}

const megabytes = (bytes: number | undefined) => ratio(bytes, 1e6)

function report({ idleBytes, capacity, phases }: Soaked, { stepMs }: SoakPlan): string {
  const titles = ['', 'memory MB', 'stored/s', '200', '503', '429', 'other', 'no answer', 'not sent']
  const rows = phases.flatMap(({ name, steps, memory, eventsPerSecond }) =>
    steps.map((step, i) => [
      `${name} (${formatCell(eventsPerSecond)} events/s), ${((i + 1) * stepMs) / 1_000} s`,
      megabytes(memory[i]),
      step.acknowledged / (stepMs / 1_000),
      ...statusCells(step),
      step.leftOut,
    ]),
  )
  return [
    `Memory and answers of a collector that takes ${formatCell(capacity)} events/s, in batches of ${shape.eventsPerRequest}, from visitors who are all new.`,
    `Clients do not wait when they are asked to; ${maxInFlight.toLocaleString('en')} requests are in flight at most, further ones are skipped.`,
    '',
    formatTable(titles, [['idle', megabytes(idleBytes)], ...rows]),
  ].join('\n')
}

function statusCells({ answers }: Step): Cell[] {
  const known = [200, 503, 429, 0].map((status) => answers[status] ?? 0)
  const [stored = 0, unavailable = 0, limited = 0, none = 0] = known
  const other = countAnswers([answers]) - (stored + unavailable + limited + none)
  return [stored, unavailable, limited, other, none]
}

const countAnswers = (each: Step['answers'][]) =>
  each.flatMap((answers) => Object.values(answers)).reduce((sum, count) => sum + count, 0)

/**
 * Caches have filled by the second third of the soak. The 10 % allowed in the last third is a guess at what garbage can
 * cause.
 */
const flat = 1.1

function marksOf({ idleBytes, phases }: Soaked): Mark[] {
  const [steady, ...later] = phases as [Phase, ...Phase[]] // soak made them
  const total = (figure: (phase: Phase) => number) => phases.reduce((sum, phase) => sum + figure(phase), 0)
  const highest = (of: Phase[]) => highestOf(of.flatMap(({ memory }) => memory))
  return [
    { name: 'soak: memory idle, MB', figure: megabytes(idleBytes), atMost: 80 },
    { name: 'soak: highest memory at a steady rate, MB', figure: megabytes(highest([steady])), atMost: 180 },
    {
      name: 'soak: memory of the last third, of the third before',
      figure: growth(steady.memory),
      atMost: flat,
    },
    {
      name: 'soak: highest memory under overload and after it, MB',
      figure: megabytes(highest(later)),
      atMost: 180,
    },
    { name: 'soak: acknowledged events that are not stored', figure: total(({ lost }) => lost), atMost: 0 },
    {
      name: 'soak: refusals without Retry-After',
      figure: total(({ withoutRetryAfter }) => withoutRetryAfter),
      atMost: 0,
    },
    {
      name: 'soak: requests with no answer, or another than 200, 429, 503',
      figure: total(unexpectedAnswers),
      atMost: 0,
    },
  ]
}

function unexpectedAnswers({ steps }: Phase): number {
  const expected = new Set(['200', '429', '503'])
  const unexpected = steps.map(({ answers }) =>
    Object.fromEntries(Object.entries(answers).filter(([status]) => !expected.has(status))),
  )
  return countAnswers(unexpected)
}

/** Undefined when one is missing, or there are none. */
function highestOf(figures: (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined)
  return known.length === 0 || known.length < figures.length ? undefined : Math.max(...known)
}

function growth(memory: (number | undefined)[]): number | undefined {
  const third = Math.floor(memory.length / 3)
  return ratio(highestOf(memory.slice(-third)), highestOf(memory.slice(-2 * third, -third)))
}
