/** The main use case: an arrival through an ad, an outage, a return the next day, and a purchase, credited in the database. */
import { launchPersistent } from '@headwater/testkit/chromium'
import { temporaryFolder } from '@headwater/testkit/databases'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTab, visit } from './browser/tab.ts'
import { type DemoSite, demoSites } from './demo-site.ts'

/** Runs in the page: the names of the events that wait on the device. */
async function readQueue(): Promise<string[]> {
  const [{ name } = {}] = await indexedDB.databases()
  if (!name) return [] // the SDK has not created it yet; opening it here would create one without its object store
  const answerOf = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const database = await answerOf(indexedDB.open(name))
  const events = IDBKeyRange.bound('q', 'r')
  const records = await answerOf(database.transaction('records').objectStore('records').getAll(events))
  database.close()
  return records.map(({ json }: { json: string }) => JSON.parse(json).name ?? '')
}

describe.each(demoSites)('the journey on %s', (_, openSite) => {
  let site: DemoSite
  let browser: BrowserContext

  beforeAll(async () => {
    site = await openSite()
    browser = await launchPersistent(await temporaryFolder())
  })
  afterAll(async () => {
    await browser?.close()
    await site?.collector.end('SIGKILL') // does nothing once inspect has ended it
  })

  const open = async (path: string) => visit(await browser.newPage(), site.collector.url + path)
  const click = (page: Page, testId: string) => page.getByTestId(testId).click()
  const total = async (page: Page, name: string) =>
    Number(await page.getByTestId(`total-${name}`).textContent())

  it('stores every event once, and credits the purchase to the paid session', async () => {
    const start = await browser.newPage() // stays open all along: it is live, and a browser without a page ends
    await start.goto(site.collector.url)

    const shop = await open('/demo?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=X1')
    await click(shop, 'product-fell-mug')
    await browser.setOffline(true)
    await click(shop, 'add-to-cart')
    await expect.poll(() => shop.evaluate(readQueue)).toContain('add_to_cart') // a person takes longer to close a tab
    await closeTab(shop)
    await browser.setOffline(false)

    const again = await open('/demo')
    await click(again, 'come-back-tomorrow')
    await click(again, 'sign-in-open')
    await again.getByTestId('sign-in-email').fill('Anna@Example.com')
    await click(again, 'sign-in-submit')
    await click(again, 'cart-link')
    await click(again, 'buy')
    await again.waitForURL('**/demo/thanks')
    await closeTab(again)

    // Page views: the shop, the mug, the shop again, the cart, the thanks. Then view, add, identify, purchase.
    await expect.poll(() => total(start, 'events'), { timeout: 15_000 }).toBe(9)
    expect(await total(start, 'customers')).toBe(1)
    expect(await total(start, 'sessions')).toBe(2)
    expect(await start.getByTestId('conversions').textContent()).toContain('google / cpc / spring')
    await start.close()

    await site.inspect(async (query) => {
      const counts: Record<string, number> = {}
      for (const table of [
        'events',
        'event_dedup_keys',
        'sessions_tracking',
        'touches',
        'conversions',
        'conversion_credits',
        'customers',
        'identities',
      ]) {
        const [row] = await query(`select count(*)::float8 as count from ${table}`)
        counts[table] = row?.count as number
      }
      expect(counts).toEqual({
        events: 9,
        event_dedup_keys: 9,
        sessions_tracking: 2,
        touches: 2,
        conversions: 1,
        conversion_credits: 5, // first, last and last non-direct name a touch each, linear both
        customers: 1,
        identities: 3, // cookie, user id, e-mail hash
      })
      expect(await query('select name, type from events order by occurred_at, id')).toMatchObject([
        { type: 'page' },
        { type: 'page' },
        { name: 'view_product' },
        { name: 'add_to_cart' },
        { type: 'page' },
        { type: 'identify' },
        { type: 'page' },
        { name: 'purchase' },
        { type: 'page' },
      ])
      const credited = await query(`
        select s.value as source, m.value as medium, k.value as campaign, t.click_id_type, t.is_direct
        from conversions c
        join touches t on t.website_id = c.website_id and t.id = c.last_non_direct_touch_id
        join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
        join utm_mediums m on m.website_id = t.website_id and m.id = t.utm_medium_id
        join utm_campaigns k on k.website_id = t.website_id and k.id = t.utm_campaign_id`)
      expect(credited).toEqual([
        { source: 'google', medium: 'cpc', campaign: 'spring', click_id_type: 'gclid', is_direct: false },
      ])
      expect(await query('select is_direct from touches order by occurred_at')).toEqual([
        { is_direct: false },
        { is_direct: true },
      ])
    })
  })
})
