/** `npm run bench -- sdk`: prints what the browser SDK costs its pages in a real Chromium, compared with an empty page. */
import { cpus } from 'node:os'
import { launchChromium } from '@headwater/testkit/chromium'
import { measureBytesOnWire } from './bytes-on-wire.ts'
import { measureCpuPerEvent } from './cpu-per-event.ts'
import { measureLongestTasks } from './longest-tasks.ts'
import type { SdkPlan } from './plan.ts'
import { startSite } from './site.ts'
import { measureSizes } from './sizes.ts'
import { measureStartUp } from './start-up.ts'
import { measureTrackCalls } from './track-calls.ts'

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
