/** The tasks of a page's main thread, as the browser traces them. */
import type { Browser } from 'playwright-core'

/** The longest task by the clock, as the visitor waits for it; and by CPU, which may be another. */
export interface Longest {
  wallMs: number
  cpuMs: number
}

/** Of the format that chrome://tracing reads; durations are microseconds. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args: { name?: string }
}

/** Times the tasks of all pages while `work` is done. */
export async function longestTasks(browser: Browser, work: () => Promise<unknown>): Promise<Longest> {
  await browser.startTracing(undefined, { categories: ['disabled-by-default-devtools.timeline', 'toplevel'] })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[]
  }
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args.name === 'CrRendererMain'
  const mainThreads = new Set(traceEvents.filter(isMain).map(threadOf))
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && mainThreads.has(threadOf(event)))
  const longest = (microseconds: (task: TraceEvent) => number | undefined) =>
    Math.max(...tasks.map((task) => microseconds(task) ?? 0)) / 1_000
  return { wallMs: longest(({ dur }) => dur), cpuMs: longest(({ tdur }) => tdur) }
}
