/** How thoroughly the SDK is measured, and what every table needs. */
import type { Browser } from 'playwright-core'
import type { Site } from './site.ts'

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
