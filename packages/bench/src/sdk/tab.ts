/** A tab of a new visitor, with what its main thread uses. */
import type { Browser, Page } from 'playwright-core'

export interface Tab {
  page: Page
  /** Since its first address was opened, as long as all are of one origin. */
  usage(): Promise<Usage>
}

export interface Usage {
  /** CPU of the main thread in scripts that the browser called, without continuations of promises. */
  scriptMs: number
  /** Total CPU of the main thread. */
  taskMs: number
  heapBytes: number
}

/** Opens a tab with new storage, and closes it after `work`. */
export async function inTab<Result>(browser: Browser, work: (tab: Tab) => Promise<Result>): Promise<Result> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devTools = await context.newCDPSession(page)
  await devTools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const usage = async () => {
    const { metrics } = await devTools.send('Performance.getMetrics')
    const read = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    return {
      scriptMs: read('ScriptDuration') * 1_000,
      taskMs: read('TaskDuration') * 1_000,
      heapBytes: read('JSHeapUsedSize'),
    }
  }
  try {
    return await work({ page, usage })
  } finally {
    await context.close()
  }
}
