/** The table of CPU: what an event costs the main thread from its call to its receipt, all included. */
import { setTimeout as elapse } from 'node:timers/promises'
import { type Cell, formatRange, formatTable, formatVerdict, median } from '../table.ts'
import type { SdkBench } from './plan.ts'
import { record, settle } from './record.ts'
import type { PageName } from './site.ts'
import { inTab } from './tab.ts'

const recording = { batches: 5, callsPerBatch: 50, pauseMs: 100 }
const events = recording.batches * recording.callsPerBatch
/** The best peer with a durable queue is Countly, with 214 µs. */
const maxMicroseconds = 200

const rows: [name: string, page: PageName][] = [
  ['script tag', 'script'],
  ['script tag without CompressionStream', 'scriptWithoutGzip'],
]

interface Spent {
  taskMs: number
  lastedMs: number
}

export async function measureCpuPerEvent(bench: SdkBench): Promise<string> {
  const spent = new Map<PageName, Spent[]>(rows.map(([, page]) => [page, []]))
  const idle: Spent[] = []
  for (let round = 0; round < bench.pages; round++) {
    for (const [page, each] of spent) {
      const one = await spendUntilDelivered(bench, page)
      each.push(one)
      idle.push(await spend(bench, 'empty', one.lastedMs))
    }
  }
  const idleMs = median(idle.map(({ taskMs }) => taskMs)) ?? Number.NaN // there is one a round
  return formatTable(
    [`${events} events, delivered`, 'CPU ms', '× empty page', 'µs per event above it', 'mark'],
    [
      ['empty page, empty function', formatRange(idle.map(({ taskMs }) => taskMs)), 1, undefined, undefined],
      ...rows.map(([name, page]) => cpuRow(name, spent.get(page) ?? [], idleMs)),
    ],
  )
}

function cpuRow(name: string, spent: Spent[], idleMs: number): Cell[] {
  const taskMs = spent.map((each) => each.taskMs)
  const times = taskMs.map((ms) => ms / idleMs)
  const microseconds = taskMs.map((ms) => ((ms - idleMs) * 1_000) / events)
  const verdict = formatVerdict(median(microseconds), maxMicroseconds)
  return [name, formatRange(taskMs), median(times), formatRange(microseconds), verdict]
}

async function spendUntilDelivered(bench: SdkBench, address: PageName): Promise<Spent> {
  // The page view is sent before anything is measured, but it is received too.
  const { result } = await bench.site.receive(events + 1, () => spend(bench, address))
  return result
}

/** Records, and waits until everything is delivered, and for `lastsMs` at least. */
function spend({ site, browser }: SdkBench, address: PageName, lastsMs = 0): Promise<Spent> {
  return inTab(browser, async ({ page, usage }) => {
    await page.goto(site.address(address))
    await settle(page)
    const before = await usage()
    const startedAt = performance.now()
    await record(page, recording)
    await elapse(Math.max(lastsMs - (performance.now() - startedAt), 0))
    const after = await usage()
    return { taskMs: after.taskMs - before.taskMs, lastedMs: performance.now() - startedAt }
  })
}
