/** Sets up a test file with one browser; each of its tests has a site, and a visitor who has never been there. */

import { launchChromium } from '@headwater/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, test as base, beforeAll, expect } from 'vitest'
import { startTestSite, type TestSite } from './test-site.ts'

export interface Visitor {
  /** One visitor's browser, whose data lasts as long as the test. */
  context: BrowserContext
  page: Page
  /** What their pages threw; a test fails if any is left at its end. */
  pageErrors: Error[]
}

/** `flags` are for the browser. */
export function testInBrowser(...flags: string[]) {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium(...flags)
  })
  afterAll(() => browser?.close())

  return base.extend<{ site: TestSite; visitor: Visitor; newVisitor: () => Promise<Visitor> }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest asks for a pattern
    site: async ({}, use) => {
      const site = await startTestSite()
      site.pages['/bare'] = { isBare: true }
      await use(site)
      await site.close()
    },
    // biome-ignore lint/correctness/noEmptyPattern: vitest asks for a pattern
    newVisitor: async ({}, use) => {
      const visitors: Visitor[] = []
      await use(async () => {
        const visitor = await createVisitor(browser)
        visitors.push(visitor)
        return visitor
      })
      for (const { context } of visitors) await context.close()
      expect(visitors.flatMap(({ pageErrors }) => pageErrors)).toEqual([])
    },
    visitor: async ({ newVisitor }, use) => use(await newVisitor()),
  })
}

async function createVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext()
  const pageErrors: Error[] = []
  context.on('weberror', (error) => pageErrors.push(error.error()))
  return { context, page: await context.newPage(), pageErrors }
}
