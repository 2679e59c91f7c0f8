/** Credit that moves, in three acts: a second device signs in, the merge is undone, and a touch arrives after the purchase. */
import { randomUUID } from 'node:crypto'
import { launchChromium } from '@headwater/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTab, flush, visit } from './browser/tab.ts'
import { type DemoSite, demoSites } from './demo-site.ts'

/** What `explain` says, as far as these journeys read it. */
interface Explained {
  conversion: { id: string; version: number }
  touches: Explained.Touch[]
  not_counted: (Explained.Touch & { reason: string })[]
  versions: { version: number; reason: string }[]
}
namespace Explained {
  export interface Touch {
    campaign: string | null
    credit: { model: string; weight: number; value_cents: number | null }[]
  }
}

const ad = '/demo?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=X1'
const newsletter = '/demo?utm_source=newsletter&utm_medium=email&utm_campaign=november'
const deciding = 'last_non_direct'

describe.each(demoSites)('credit on %s', (_, openSite) => {
  let site: DemoSite
  let browser: Browser
  let laptop: BrowserContext
  let phone: BrowserContext

  beforeAll(async () => {
    site = await openSite()
    browser = await launchChromium()
    laptop = await newDevice()
    phone = await newDevice()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.collector.end('SIGKILL')
  })

  const newDevice = () => browser.newContext()
  const open = async (device: BrowserContext, path: string) =>
    visit(await device.newPage(), site.collector.url + path)
  const click = (page: Page, testId: string) => page.getByTestId(testId).click()

  async function signIn(page: Page, number: string): Promise<void> {
    await click(page, 'sign-in-open')
    await page.getByTestId('sign-in-email').fill(`anna${number}@example.com`)
    await page.getByTestId('sign-in-number').fill(number)
    await click(page, 'sign-in-submit')
    await flush(page)
  }

  async function buy(page: Page): Promise<void> {
    await click(page, 'product-fell-mug')
    await click(page, 'add-to-cart')
    await click(page, 'cart-link')
    await click(page, 'buy')
    await page.waitForURL('**/demo/thanks')
    await flush(page)
  }

  async function ask<Answer>(path: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${site.secretToken}` }
    const response = await fetch(site.collector.url + path, { headers })
    expect(response.status).toBe(200)
    return response.json() as Promise<Answer>
  }

  async function explainNewest(name: string): Promise<Explained> {
    const { conversions } = await ask<{ conversions: { id: string; name: string }[] }>('/dev/state')
    const newest = conversions.find((each) => each.name === name)
    expect(newest).toBeDefined()
    return ask(`/v1/conversions/${newest?.id}/explain`)
  }

  const weightOf = ({ touches }: Explained, campaign: string) =>
    touches
      .filter((touch) => touch.campaign === campaign)
      .flatMap(({ credit }) => credit)
      .find(({ model }) => model === deciding)?.weight ?? 0

  it('moves to the ad of the first device when its visitor signs in on the second one', async () => {
    await closeTab(await open(laptop, ad)) // not signed in
    const shop = await open(phone, '/demo')
    await signIn(shop, '42')
    await buy(shop)
    expect(weightOf(await explainNewest('purchase'), 'spring')).toBe(0)

    const again = await open(laptop, '/demo')
    await signIn(again, '42')
    await expect.poll(async () => weightOf(await explainNewest('purchase'), 'spring')).toBe(1)
    const { versions } = await explainNewest('purchase')
    expect(versions.at(-1)).toMatchObject({ version: 2, reason: 'merge' })
  })

  it('goes back when the merge is undone, and explain says why', async () => {
    const person = (await site.headwater(
      'customer',
      'show',
      '--website',
      site.websiteId,
      '--user',
      'user_42',
    )) as { merges: { id: string }[] }
    const [merge] = person.merges
    await site.headwater('customer', 'unmerge', '--website', site.websiteId, '--merge', merge?.id ?? '')

    await expect.poll(async () => weightOf(await explainNewest('purchase'), 'spring')).toBe(0)
    const { versions, not_counted } = await explainNewest('purchase')
    expect(versions.at(-1)).toMatchObject({ version: 3, reason: 'unmerge' })
    expect(not_counted).toContainEqual(
      expect.objectContaining({ campaign: 'spring', reason: 'other_person' }),
    )
  })

  it('moves within two seconds to a touch that was offline when the purchase happened', async () => {
    const tablet = await newDevice()
    await signIn(await open(tablet, '/demo'), '7')
    await tablet.route('**/v1/batch*', (route) => route.abort()) // the tablet has left the network
    const page = await open(tablet, newsletter)
    await flush(page)

    const now = new Date().toISOString()
    const order = {
      idempotency_key: randomUUID(),
      type: 'track',
      name: 'order_paid',
      occurred_at: now,
      user_id: 'user_7',
      conversion: true,
      conversion_id: 'R-7',
      revenue_cents: 9_900,
      currency: 'EUR',
    }
    const stored = await fetch(`${site.collector.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ v: 1, sent_at: now, events: [order] }),
    })
    expect(await stored.json()).toMatchObject({ accepted: 1 })
    expect(weightOf(await explainNewest('order_paid'), 'november')).toBe(0)

    await tablet.unroute('**/v1/batch*')
    await flush(page)
    await expect
      .poll(async () => weightOf(await explainNewest('order_paid'), 'november'), { timeout: 2_000 })
      .toBe(1)
    const { versions } = await explainNewest('order_paid')
    expect(versions.at(-1)).toMatchObject({ version: 2, reason: 'late_touch' })
  })
})
