/** Sets up a test file with one browser; each of its tests has a site, and a visitor who has never been there. */

import { launchChromium } from '@headwater/testkit/chromium'
import type { Context, EngineOptions, Tab } from '@headwater/testkit/engines/engine'
import { engineName, launchEngine } from '@headwater/testkit/engines/launch'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, test as base, beforeAll, expect } from 'vitest'
import { reportHere, startTestSite, type TestSite } from './test-site.ts'

export interface Visitor<OfContext = Context, OfTab = Tab> {
  /** One visitor's browser, whose data lasts as long as the test. */
  context: OfContext
  page: OfTab
  /** What their pages threw; a test fails if any is left at its end. */
  pageErrors: Error[]
}

/** What visitors have of an engine. */
interface ContextOf<OfTab> extends Pick<Context, 'on' | 'close'> {
  newPage(): Promise<OfTab>
}

/** In the engine of the project that runs the file. */
export const testInBrowser = (options?: EngineOptions) => testIn<Context, Tab>(() => launchEngine(options))

/** In Chromium, with all that Playwright can do there; `flags` are for the browser. */
export const testInChromium = (...flags: string[]) =>
  testIn<BrowserContext, Page>(() => launchChromium(...flags))

interface Browser<OfContext> {
  newContext(): Promise<OfContext>
  close(): Promise<void>
}

function testIn<OfContext extends ContextOf<OfTab>, OfTab>(launch: () => Promise<Browser<OfContext>>) {
  type AVisitor = Visitor<OfContext, OfTab>
  let browser: Browser<OfContext>
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  return base.extend<{ site: TestSite; visitor: AVisitor; newVisitor: () => Promise<AVisitor> }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest asks for a pattern
    site: async ({}, use) => {
      const site = await startTestSite()
      site.pages['/bare'] = { isBare: true }
      if (engineName === 'webkit') site.runFirst(reportHere, site.origin)
      await use(site)
      await site.close()
    },
    newVisitor: async ({ site }, use) => {
      const visitors: AVisitor[] = []
      await use(async () => {
        const context = await browser.newContext()
        const pageErrors: Error[] = []
        context.on('weberror', (error) => pageErrors.push(error.error()))
        const visitor = { context, page: await context.newPage(), pageErrors }
        visitors.push(visitor)
        return visitor
      })
      for (const { context } of visitors) await context.close()
      expect(visitors.flatMap(({ pageErrors }) => pageErrors)).toEqual([])
      expect(site.thrown).toEqual([])
    },
    visitor: async ({ newVisitor }, use) => use(await newVisitor()),
  })
}
