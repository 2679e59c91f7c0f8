/** Makes a page record events, in batches of one task each, and times the calls. */
import type { Page } from 'playwright-core'

export interface Recording {
  batches: number
  callsPerBatch: number
  /** After each batch, in ms. */
  pauseMs: number
}

/**
 * Resolves with the microseconds a call of each batch when all has been sent once, accepted or not. A page without the
 * SDK calls an empty function.
 */
export const record = (page: Page, recording: Recording): Promise<number[]> =>
  page.evaluate(recordInPage, recording)

/** Resolves when everything that the page sends automatically has been sent, accepted or not. */
export async function settle(page: Page): Promise<void> {
  await record(page, { batches: 0, callsPerBatch: 0, pauseMs: 0 })
  await page.waitForTimeout(200) // for the work after the answer
}

declare global {
  interface Window {
    headwater?: {
      track(name: string, props: object): void
      consent(state: 'granted'): void
      flush(): Promise<void>
    }
  }
}

async function recordInPage({ batches, callsPerBatch, pauseMs }: Recording): Promise<number[]> {
  const { headwater = { track() {}, async flush() {} } } = window
  const microseconds: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const startedAt = performance.now()
    for (let call = 0; call < callsPerBatch; call++)
      headwater.track('add_to_cart', { sku: `SKU-${call}`, price_cents: 1_999, quantity: 1 })
    microseconds.push(((performance.now() - startedAt) * 1_000) / callsPerBatch)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  await headwater.flush()
  return microseconds
}
