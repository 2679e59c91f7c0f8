/** The table of long tasks: how long the SDK ever keeps a page from answering its visitor, with a full queue. */
import type { Page } from 'playwright-core'
import { type Cell, formatRange, formatTable, formatVerdict, median } from '../table.ts'
import type { SdkBench } from './plan.ts'
import { record, settle } from './record.ts'
import type { PageName } from './site.ts'
import { inTab } from './tab.ts'
import { type Longest, longestTasks } from './trace.ts'

/** From here on browsers call a task long: https://w3c.github.io/longtasks/ */
const maxMs = 50
const callsPerBatch = 50

/** Prepares a page, and returns what is then measured. */
type Scene = (bench: SdkBench, page: Page) => Promise<() => Promise<unknown>>

const scenes: Record<string, Scene> = {
  'empty page, opened': async (bench, page) => () => open(bench, page, 'empty'),
  'empty page, empty function': async (bench, page) => {
    await open(bench, page, 'empty')
    return () => recordSome(bench, page)
  },
  'opened, nothing waiting': async (bench, page) => () => open(bench, page, 'script'),
  'opened, all waiting, until delivered': async (bench, page) => {
    await leaveBacklog(bench, page)
    bench.site.answer('accept')
    const all = bench.backlog + 2 // and both page views
    return () => bench.site.receive(all, () => open(bench, page, 'script'))
  },
  'recording while all wait': async (bench, page) => {
    await leaveBacklog(bench, page)
    await open(bench, page, 'script')
    return () => recordSome(bench, page)
  },
  'all waited for consent, now given': async (bench, page) => {
    await open(bench, page, 'scriptPending')
    await recordBacklog(bench, page)
    return () =>
      bench.site.receive(bench.backlog + 1, async () => {
        await page.evaluate(() => window.headwater?.consent('granted'))
        await settle(page)
      })
  },
}

export async function measureLongestTasks(bench: SdkBench): Promise<string> {
  const found = new Map<string, Longest[]>()
  for (let round = 0; round < bench.pages; round++) {
    for (const [name, scene] of Object.entries(scenes))
      found.set(name, [...(found.get(name) ?? []), await watch(bench, scene)])
  }
  const waiting = bench.backlog.toLocaleString('en')
  return formatTable([`longest task, ${waiting} events`, 'ms', 'CPU ms', 'mark'], [...found].map(taskRow))
}

function taskRow([name, tasks]: [string, Longest[]]): Cell[] {
  const wallMs = tasks.map((task) => task.wallMs)
  const cpuMs = tasks.map((task) => task.cpuMs)
  return [name, formatRange(wallMs), formatRange(cpuMs), formatVerdict(median(wallMs), maxMs)]
}

function watch(bench: SdkBench, scene: Scene): Promise<Longest> {
  bench.site.answer('accept')
  return inTab(bench.browser, async ({ page }) => {
    await open(bench, page, 'empty') // what a new process does once is not charged to a page
    const watched = await scene(bench, page)
    return longestTasks(bench.browser, watched)
  })
}

/** Resolves when all that waited has been sent, accepted or not. */
async function open({ site }: SdkBench, page: Page, name: PageName): Promise<void> {
  await page.goto(site.address(name))
  await settle(page)
}

/** On the device, for the next page: the collector refuses it. */
async function leaveBacklog(bench: SdkBench, page: Page): Promise<void> {
  bench.site.answer('refuse')
  await open(bench, page, 'script')
  await recordBacklog(bench, page)
  await open(bench, page, 'empty')
}

const recordBacklog = ({ backlog }: SdkBench, page: Page) =>
  record(page, { callsPerBatch, batches: backlog / callsPerBatch, pauseMs: 5 })

/** A tenth as many as wait. */
const recordSome = ({ backlog }: SdkBench, page: Page) =>
  record(page, { callsPerBatch, batches: backlog / callsPerBatch / 10, pauseMs: 50 })
