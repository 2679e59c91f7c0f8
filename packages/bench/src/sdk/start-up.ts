/** The table of the start: what the SDK costs a page before it records anything but its page view. */
import { setTimeout as elapse } from 'node:timers/promises'
import { type Cell, formatRange, formatTable, formatVerdict, median } from '../table.ts'
import type { SdkBench } from './plan.ts'
import type { PageName } from './site.ts'
import { inTab, type Usage } from './tab.ts'

/** Segment needs 3.5 ms, the lightest of those with a durable queue (Countly) 11. */
const maxScriptMs = 4

const pages: { name: string; page: PageName; maxScriptMs?: number }[] = [
  { name: 'empty page', page: 'empty' },
  { name: 'script tag', page: 'script', maxScriptMs },
  { name: 'npm entry', page: 'npm', maxScriptMs },
]

interface Start extends Usage {
  createdInMs: number | undefined
}

export async function measureStartUp(bench: SdkBench): Promise<string> {
  const starts = new Map<PageName, Start[]>(pages.map(({ page }) => [page, []]))
  for (let round = 0; round < bench.pages; round++) {
    for (const [page, each] of starts) each.push(await watchStart(bench, page))
  }
  const titles = [
    `load and ${bench.startMs} ms`,
    'script CPU ms',
    'mark',
    'all CPU ms',
    'createClient ms',
    'heap MB',
  ]
  const rows = pages.map(({ name, page, maxScriptMs }): Cell[] => {
    const each = starts.get(page) ?? []
    const scriptMs = each.map((start) => start.scriptMs)
    return [
      name,
      formatRange(scriptMs),
      maxScriptMs && formatVerdict(median(scriptMs), maxScriptMs),
      formatRange(each.map(({ taskMs }) => taskMs)),
      formatRange(each.map(({ createdInMs }) => createdInMs)),
      formatRange(each.map(({ heapBytes }) => heapBytes / 1e6)),
    ]
  })
  return formatTable(titles, rows)
}

function watchStart({ site, browser, startMs }: SdkBench, name: PageName): Promise<Start> {
  return inTab(browser, async ({ page, usage }) => {
    await page.goto(site.address(name))
    await elapse(startMs)
    const used = await usage() // before anything is evaluated, which costs too
    return { ...used, createdInMs: await page.evaluate(() => window.createdInMs) }
  })
}

declare global {
  interface Window {
    /** How long the page for npm took to create its client. */
    createdInMs?: number
  }
}
