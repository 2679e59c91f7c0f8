/** Whether deliveries survive the end of a page: closed, left, crashed, or killed with its browser. */

import { launchPersistent } from '@headwater/testkit/chromium'
import { temporaryFolder } from '@headwater/testkit/databases'
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName, inChromium } from '@headwater/testkit/engines/launch'
import type { Browser, BrowserContext } from 'playwright-core'
import { describe, expect } from 'vitest'
import { allOnce, expectAllDespiteLeaving, pause, testDelivery } from './delivery-site.ts'
import { closeTab, flush } from './tab.ts'

const test = testDelivery()
const isChromium = engineName === 'chromium'
const rounds = Array.from({ length: isChromium ? 20 : 8 }) // Firefox takes a second for each window

describe.concurrent('deliveries', { timeout: 120_000 }, () => {
  test(`${rounds.length} times five events and a closed tab: nothing is lost`, async ({ site }) => {
    for (const _ of rounds) {
      const page = await site.openDelivered() // with what the previous page has left
      await site.record(page, 5)
      await closeTab(page)
    }
    await site.open()
    await expectAllDespiteLeaving(site)
  })

  test(`${rounds.length} times five events and another website: nothing is lost`, async ({ site }) => {
    const page = await site.open()
    for (const _ of rounds) {
      await flush(page)
      await site.record(page, 5, { thenGo: site.proxy.pages.otherOrigin })
      await page.goBack()
    }
    await expectAllDespiteLeaving(site)
  })

  test('200 events before leaving for another website in the same task are all stored after a return', async ({
    site,
  }) => {
    const page = await site.open()
    await site.record(page, 200, { thenGo: site.proxy.pages.otherOrigin })
    await page.goBack()
    await expectAllDespiteLeaving(site)
  })

  test('events beyond the 64 KiB of a leaving page are stored after a return', async ({ site }) => {
    const page = await site.open()
    const props = { text: 'x'.repeat(1_000) }
    await site.record(page, 200, { props, thenGo: site.proxy.pages.otherOrigin })
    await page.goBack()
    await expectAllDespiteLeaving(site)
  })

  test.for(isChromium ? [3_000, 10_000] : [3_000])(
    '%i events that met a closed port and a closed tab are delivered at the next visit',
    async (count, { site }) => {
      const page = await site.openDelivered()
      await site.beginOutage('closed port')
      await site.record(page, count, { overMs: 2_000 })
      await pause(500)
      await closeTab(page)
      await site.endOutage()
      await site.open()
      await expectAllDespiteLeaving(site)
    },
  )

  test('a renderer that dies half a second after the last call loses nothing', async ({ site, skip }) => {
    skip(engineName !== 'chromium', 'only Chromium has a command that crashes a page')
    const page = await site.openDelivered()
    await site.beginOutage('closed port')
    await site.record(page, 200, { overMs: 2_000 })
    await pause(500)
    await crash(page)
    await site.endOutage()
    await site.open()
    expect(await site.outcome()).toMatchObject(allOnce)
  })

  test('a browser that is killed half a second after the last call loses nothing', async ({
    site,
    onTestFinished,
    skip,
  }) => {
    skip(engineName !== 'chromium', 'only Chromium keeps a profile while a protocol controls it')
    const folder = await temporaryFolder()
    const start = async () => {
      const browser = await launchPersistent(folder)
      onTestFinished(() => browser.close())
      return browser
    }
    const first = await start()
    const page = await site.open(first)
    await site.beginOutage('closed port')
    await site.record(page, 200, { overMs: 2_000 })
    await pause(500)
    await kill9(first)
    await site.endOutage()
    await site.open(await start())
    expect(await site.outcome()).toMatchObject(allOnce)
  })
})

async function crash(tab: Tab): Promise<void> {
  const page = inChromium(tab)
  const hasCrashed = page.waitForEvent('crash')
  const session = await page.context().newCDPSession(page)
  session.send('Page.crash').catch(() => {}) // no one is left to answer
  await hasCrashed
  await page.close()
}

/** Ends the browser as a power cut would, with all processes that it has started. */
async function kill9(context: BrowserContext): Promise<void> {
  const isClosed = context.waitForEvent('close')
  const session = await (context.browser() as Browser).newBrowserCDPSession() // a persistent context has its own
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const { id } = processInfo.find(({ type }) => type === 'browser')! // it has answered
  process.kill(-id, 'SIGKILL') // Playwright gives each browser a process group of its own
  await isClosed
}
