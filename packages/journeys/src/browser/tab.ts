/** What visitors do in a tab, and what tests wait for there. */
import type { Tab } from '@headwater/testkit/engines/engine'
import type { Client } from '../../../../sdk/src/core/api.ts'
import type { TestSite } from './test-site.ts'

declare global {
  /** The client, as pages have it; for functions that run there. */
  const headwater: Client
}

/** Resolves when the stub, or the client that replaces it, is on the page. */
export async function hasStub(page: Tab): Promise<void> {
  await page.waitForFunction(() => 'headwater' in globalThis)
}

/** Resolves when the client itself is on the page, not the stub. */
export async function hasClient(page: Pick<Tab, 'waitForFunction'>): Promise<void> {
  await page.waitForFunction(() => 'flush' in ((globalThis as { headwater?: object }).headwater ?? {}))
}

/** Opens an address in this tab and waits for the client. */
export async function visit<Page extends Tab>(page: Page, address: string): Promise<Page> {
  await page.goto(address)
  await hasClient(page)
  return page
}

/** Opens an address and delivers its page view. */
export async function see<Page extends Tab>(page: Page, address: string): Promise<Page> {
  await flush(await visit(page, address))
  return page
}

export const track = (page: Tab, name: string): Promise<void> =>
  page.evaluate((it) => headwater.track(it), name)

/** Resolves when the SDK has tried to send, whatever the result. */
export const flush = (page: Tab): Promise<void> => page.evaluate(() => headwater.flush())

/** Closes a tab as a person does; the page gets its events. */
export async function closeTab(page: Tab): Promise<void> {
  const isClosed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await isClosed
}

export const minute = 60_000

/** Moves the clock of a visitor's pages forward, also for pages of the site that open later. */
export async function letTimeLeap(page: Tab, site: TestSite, ms: number): Promise<void> {
  const leap = (by: number) => {
    const DateBefore = Date
    globalThis.Date = class extends DateBefore {
      constructor(...args: [number]) {
        if (args.length > 0) super(...args)
        else super(DateBefore.now() + by)
      }
      static override now = () => DateBefore.now() + by
    } as DateConstructor
  }
  site.runFirst(leap, ms)
  for (const open of page.context().pages()) await open.evaluate(leap, ms)
}

/** Gives a page time for something that must not happen. */
export async function letPass(page: Tab, ms: number): Promise<void> {
  const until = (await page.evaluate(() => performance.now())) + ms
  await page.waitForFunction((it) => performance.now() > it, until)
}
