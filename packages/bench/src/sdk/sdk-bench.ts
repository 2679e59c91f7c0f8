/** `npm run bench -- sdk`: prints what the browser SDK costs its pages in a real Chromium, compared with an empty page. */
import { cpus } from 'node:os'
import { launchChromium } from '@headwater/testkit/chromium'
import type { Browser } from 'playwright-core'
import { measureBytesOnWire } from './bytes-on-wire.ts'
import { measureCpuPerEvent } from './cpu-per-event.ts'
import { measureLongestTasks } from './longest-tasks.ts'
import { type Site, startSite } from './site.ts'
import { measureSizes } from './sizes.ts'
import { measureStartUp } from './start-up.ts'
import { measureTrackCalls } from './track-calls.ts'

/** How thoroughly to measure. */
export interface SdkPlan {
  /** Each figure is the median of so many, each with new storage. */
  pages: number
  /** How long a start is watched. */
  startMs: number
  /** Events that wait while `track` is timed, one after another. */
  queueSizes: number[]
  /** Events that wait while tasks are timed. */
  backlog: number
}

export const fullSdkPlan: SdkPlan = {
  pages: 9,
  startMs: 1_500,
  queueSizes: [0, 1_000, 3_000, 10_000],
  backlog: 3_000,
}
/** Only shows that everything runs: its figures mean little. */
export const briefSdkPlan: SdkPlan = { pages: 1, startMs: 500, queueSizes: [0, 100], backlog: 300 }

export interface SdkBench extends SdkPlan {
  site: Site
  browser: Browser
}

const tables = [
  measureSizes,
  measureStartUp,
  measureTrackCalls,
  measureCpuPerEvent,
  measureLongestTasks,
  measureBytesOnWire,
]

export async function benchSdk(plan: SdkPlan): Promise<void> {
  const site = await startSite()
  const browser = await launchChromium()
  try {
    console.log(
      `Chromium ${browser.version()} and the collector's stand-in on the same ${cpus().length} × ${cpus()[0]?.model}.\n` +
        `Medians (lowest–highest) of ${plan.pages} new visitors; CPU is the time of the main thread, which a busy machine blurs least.\n`,
    )
    for (const measure of tables) console.log(`${await measure({ ...plan, site, browser })}\n`)
  } finally {
    await browser.close()
    await site.close()
  }
}
