/** Takes docs/screenshot.png: the start page after a few visitors have used the demo shop. `npm run screenshot` runs it. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchChromium } from '@headwater/testkit/chromium'
import { startCollectorProcess } from '@headwater/testkit/collector-process'
import type { Browser, Page } from 'playwright-core'
import { closeTab, hasClient, visit } from './browser/tab.ts'

const picture = fileURLToPath(new URL('../../../docs/screenshot.png', import.meta.url))
const size = { width: 1280, height: 800 }

type Act = (page: Page) => Promise<void>

interface Arrival {
  path?: string
  referer?: string
}

interface Shop {
  browser: Browser
  url: string
}

/** A visitor with separate cookies, who opens this path; `act` gets the page. */
async function comeTo({ browser, url }: Shop, { path = '/demo', referer }: Arrival, act: Act): Promise<void> {
  const context = await browser.newContext({ viewport: size })
  const page = await context.newPage()
  await page.goto(url + path, { referer })
  await hasClient(page)
  await act(page)
  await context.close()
}

const click = (page: Page, testId: string) => page.getByTestId(testId).click()

/** Adds something to the cart, returns the next day from a newsletter, and buys. */
async function buyNextDay(page: Page, newsletter: string): Promise<void> {
  await click(page, 'product-fell-mug')
  await click(page, 'add-to-cart')
  await click(page, 'come-back-tomorrow')
  await closeTab(page)
  const again = await visit(await page.context().newPage(), newsletter)
  await click(again, 'sign-in-open')
  await again.getByTestId('sign-in-email').fill('anna@example.com')
  await again.getByTestId('sign-in-number').fill('42')
  await click(again, 'sign-in-submit')
  await click(again, 'cart-link')
  await click(again, 'buy')
  await again.waitForURL('**/demo/thanks')
  await closeTab(again)
}

async function look(page: Page): Promise<void> {
  await click(page, 'product-fell-mug')
  await closeTab(page)
}

/** A server reports an invoice, and again because it got no answer; and an amount without its currency. */
async function reportByServer(url: string, token: string): Promise<void> {
  const now = new Date().toISOString()
  const common = { type: 'track', occurred_at: now, user_id: 'user_42' }
  const invoice = { ...common, idempotency_key: 'invoice 7', name: 'invoice_paid' }
  const deposit = { ...common, idempotency_key: 'deposit 7', name: 'deposit', revenue_cents: 500 }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  for (const event of [deposit, invoice, invoice]) {
    const body = JSON.stringify({ v: 1, sent_at: now, events: [event] })
    await fetch(`${url}/v1/batch`, { method: 'POST', headers, body })
  }
}

async function takePicture({ browser, url }: Shop): Promise<void> {
  const page = await browser.newPage({ viewport: size, colorScheme: 'light' })
  await page.goto(url)
  await page.getByTestId('conversion').waitFor()
  await page.screenshot({ path: picture })
}

const folder = await mkdtemp(join(tmpdir(), 'headwater-screenshot-'))
const collector = await startCollectorProcess('dev', { HEADWATER_DATA_DIR: `${folder}/data` })
const browser = await launchChromium()
try {
  const shop = { browser, url: collector.url }
  const { secret_token } = JSON.parse(await readFile(`${folder}/dev.json`, 'utf8'))
  await comeTo(shop, { referer: 'https://www.google.com/' }, look)
  await comeTo(shop, { path: '/demo?utm_source=chatgpt.com' }, look)
  const ad = '/demo?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=X1'
  await comeTo(shop, { path: ad }, (page) =>
    buyNextDay(page, `${shop.url}/demo?utm_source=newsletter&utm_medium=email&utm_campaign=november`),
  )
  await reportByServer(shop.url, secret_token)
  await takePicture(shop)
  console.log(`${picture}: ${(await stat(picture)).size} bytes`)
} finally {
  await browser.close()
  await collector.end('SIGTERM')
  await rm(folder, { recursive: true, force: true })
}
