/** Measures a run together with the CPU time of the processes that take part. */
import type { Measured } from './meter.ts'
import { type Cell, median } from './table.ts'
import { cpuSeconds, familyCpuSeconds, machineCpuSeconds } from './usage.ts'

/** One measurement. CPU seconds are undefined where the system does not report them, or no such process takes part. */
export interface Run extends Measured {
  serverCpuSeconds?: number
  databaseCpuSeconds?: number
  /** Of programs that have nothing to do with the run. */
  otherCpuSeconds?: number
}

/** Adds what the processes used from the end of the warm-up to the end of the work. */
export async function watchCpu(
  pids: { servers: readonly number[]; database: number },
  work: (onMeasuring: () => void) => Promise<Measured>,
): Promise<Run> {
  const read = () => ({
    server: sum(pids.servers.map(cpuSeconds)),
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

/** What a row of the tables says of its runs: medians of them all. */
export interface Figures {
  eventsPerSecond: number | undefined
  p50Ms: number | undefined
  p99Ms: number | undefined
  /** CPU milliseconds an event. */
  serverMs: number | undefined
  databaseMs: number | undefined
  clientMs: number | undefined
  /** Cores that other programs kept busy. */
  otherCores: number | undefined
}

export function figuresOf(runs: readonly Run[]): Figures {
  const typical = (figure: (run: Run) => number | undefined) => median(runs.map(figure))
  const perEvent = (seconds: number | undefined, { events }: Run) =>
    seconds === undefined || events === 0 ? undefined : (seconds * 1_000) / events
  return {
    eventsPerSecond: typical((run) => run.events / run.seconds),
    p50Ms: typical((run) => run.p50Ms),
    p99Ms: typical((run) => run.p99Ms),
    serverMs: typical((run) => perEvent(run.serverCpuSeconds, run)),
    databaseMs: typical((run) => perEvent(run.databaseCpuSeconds, run)),
    clientMs: typical((run) => perEvent(run.clientCpuSeconds, run)),
    otherCores: typical(({ otherCpuSeconds: other, seconds }) => other && Math.max(other / seconds, 0)),
  }
}

/** CPU milliseconds of servers and database an event. */
export function costOf({ serverMs, databaseMs }: Figures): number | undefined {
  return serverMs === undefined || databaseMs === undefined ? undefined : serverMs + databaseMs
}

export const figureTitles = ['', 'events/s', 'p50 ms', 'p99 ms', 'server', 'database', 'client', 'others']

export const toFigureCells = (name: string, figures: Figures): Cell[] => [
  name,
  figures.eventsPerSecond,
  figures.p50Ms,
  figures.p99Ms,
  figures.serverMs,
  figures.databaseMs,
  figures.clientMs,
  figures.otherCores,
]

/** Keeps what each round measured, by name. */
export function keep<Value>(kept: Map<string, Value[]>, name: string, value: Value): void {
  kept.set(name, [...(kept.get(name) ?? []), value])
}

/** Undefined when one of them is unknown, or there are none. */
function sum(figures: (number | undefined)[]): number | undefined {
  if (figures.length === 0) return undefined
  return figures.reduce((total, figure) =>
    total === undefined || figure === undefined ? undefined : total + figure,
  )
}

function difference(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}
