/** The SDK's optional files as they are shipped, in a real browser, on pages with the strictest policy that a site may have. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { WireEvent } from '@headwater/contract'
import { launchChromium } from '@headwater/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeTab } from './tab.ts'

const fromRoot = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')

// No inline scripts, no eval, and Trusted Types without any policy.
const policy = `default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`
const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'

/**
 * Starts the files that the page lists, from the page's own module; on a page reached by a link, it accepts the visitor
 * first.
 */
const startScript = `
  const { extras, options } = document.body.dataset
  addEventListener('securitypolicyviolation', (event) => console.error('violated: ' + event.violatedDirective))
  while (!window.headwater) await new Promise((resolve) => setTimeout(resolve)) // a visitor may have to be accepted first
  for (const name of extras ? extras.split(',') : []) {
    const extra = await import('/sdk/' + name + '.js')
    extra.default(window.headwater, JSON.parse(options))
  }
  document.documentElement.dataset.ready = ''
`
// As on a shop: Google's own function, and a purchase before the SDK has loaded.
const shopScript = `
  window.dataLayer = window.dataLayer || []
  function gtag() { dataLayer.push(arguments) }
  gtag('event', 'purchase', { transaction_id: 'T1', value: 19.99, currency: 'EUR', items: [{ item_id: 'A1' }] })
`

let received: WireEvent[] = []
let visited: string[] = []
let origin = ''
let elsewhere = '' // the same server under another name: for the browser another site, with other cookies

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://host')
  if (url.pathname === '/v1/batch') {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(receive(await readEvents(request, url))))
  } else if (url.pathname.endsWith('.js')) {
    response.setHeader('content-type', 'text/javascript')
    response.end(await scriptAt(url.pathname))
  } else {
    visited.push(url.pathname + url.search)
    response.setHeader('content-type', 'text/html')
    response.setHeader('content-security-policy', policy)
    response.end(pageAt(url))
  }
})

async function readEvents(request: IncomingMessage, url: URL): Promise<WireEvent[]> {
  const body = await buffer(request)
  const text = (url.searchParams.get('encoding') === 'gzip' ? gunzipSync(body) : body).toString()
  return JSON.parse(text).events
}

function receive(events: WireEvent[]) {
  received.push(...events)
  return { request_id: 'r', accepted: events.length, duplicate: 0, rejected: 0, results: [] }
}

async function scriptAt(path: string): Promise<string> {
  if (path === '/start.js') return startScript
  if (path === '/shop.js') return shopScript
  return fromRoot(path === '/sdk.js' ? 'sdk/dist/script.js' : `collector/dist${path}`)
}

function pageAt({ pathname, searchParams }: URL): string {
  if (pathname !== '/page') return '<!doctype html><title>Bare</title><h1>Without the SDK</h1>'
  const options = (searchParams.get('options') ?? '{}').replaceAll('"', '&quot;')
  return `<!doctype html><title>Shop</title><h1>Mugs</h1><button id="button">Press</button>
    <body data-extras="${searchParams.get('extras') ?? ''}" data-options="${options}">
    <a id="away" href="${elsewhere}/page?x=1&y#part">away</a><a id="file" href="/list.pdf">list</a>
    <form id="post" method="post" action="${elsewhere}/page?form=post"><button>post</button></form>
    <form id="get" action="${elsewhere}/page"><input name="q" value="mug"><button>get</button></form>
    <script src="/shop.js"></script><script src="/sdk.js" data-token="${token}" data-load="links"></script>
    <script type="module" src="/start.js"></script>`
}

let browser: Browser
let context: BrowserContext
let complaints: string[]

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP, so it has a port
  origin = `http://127.0.0.1:${port}`
  elsewhere = `http://localhost:${port}`
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  server.close()
})
beforeEach(async () => {
  received = []
  visited = []
  complaints = []
  context = await browser.newContext()
  context.on('weberror', (error) => complaints.push(`${error.error()}`))
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
})
afterEach(async () => {
  await context.close()
  expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([])
})

const isReady = (page: Page) => page.waitForSelector('html[data-ready]', { state: 'attached' })

async function open(extras: string, options = {}): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${origin}/page?${new URLSearchParams({ extras, options: JSON.stringify(options) })}`)
  await isReady(page)
  return page
}

/** Runs in the page: resolves when the browser has measured something of this type. */
const measured = (type: string) =>
  new Promise<void>((resolve) => {
    new PerformanceObserver(() => resolve()).observe({ type, buffered: true })
  })

const named = (name: string) => received.filter((event) => event.name === name)
const propsOf = (name: string) => named(name).map(({ props }) => props)

const ways: [string, (page: Page) => Promise<unknown>][] = [
  ['goes to a page without the SDK', (page) => page.goto(`${elsewhere}/bare`)],
  ['closes the tab', closeTab],
]

test('all of them start together without violating the page’s policy', async () => {
  const page = await open('vitals,engagement,interactions,data-layer,links,debug', { domains: 'localhost' })
  await page.evaluate(measured, 'paint')
  await closeTab(page)
  await expect.poll(() => propsOf('web_vital')).not.toEqual([])
})

describe('when the visitor', () => {
  test.each(ways)('%s, the web vitals reach the collector, each once', async (_, leave) => {
    const page = await open('vitals')
    await page.click('#button')
    await page.evaluate(measured, 'paint')
    await page.evaluate(measured, 'first-input')
    await leave(page)
    // INP is read when the browser is idle, which a full Chromium without a window may never be.
    const needed = ['CLS', 'FCP', 'LCP', 'TTFB']
    await expect
      .poll(() => propsOf('web_vital').map((props) => props?.metric))
      .toEqual(expect.arrayContaining(needed))
    expect(new Set(propsOf('web_vital').map((props) => props?.metric)).size).toBe(propsOf('web_vital').length)
    for (const props of propsOf('web_vital')) {
      expect(props).toMatchObject({
        rating: expect.any(String),
        id: expect.any(String),
        navigation_type: 'navigate',
      })
      expect(`${props?.value}`).toMatch(/^\d+(\.\d{1,3})?$/)
    }
  })

  test.each(ways)('%s, the time spent reaches the collector', async (_, leave) => {
    const page = await open('engagement')
    await page.waitForFunction(() => performance.now() > 1500)
    await leave(page)
    await expect.poll(() => propsOf('engagement')).toHaveLength(1)
    const [props] = propsOf('engagement')
    expect(props).toMatchObject({ scroll_percent: 100, page_path: '/page' })
    expect(props?.engaged_ms).toBeGreaterThanOrEqual(1000)
  })
})

test('the time spent on a page of a single-page app is recorded for that page', async () => {
  const page = await open('engagement')
  await page.waitForFunction(() => performance.now() > 1500)
  await page.evaluate(() => history.pushState(null, '', '/next'))
  await page.goto(`${elsewhere}/bare`)
  await expect
    .poll(() => named('engagement').map(({ url }) => new URL(url ?? '').pathname))
    .toEqual(['/page'])
})

test('an outbound link, a file and a form in a shadow tree are recorded, the last two by keyboard', async () => {
  const page = await open('interactions')
  await page.evaluate(() => {
    const root = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
    const form = document.createElement('form')
    form.id = 'inner'
    form.append(document.createElement('input'))
    form.addEventListener('submit', (event) => event.preventDefault()) // as with a form that is sent by script
    root.append(form)
  })
  await page.locator('#inner input').press('Enter')
  await page.evaluate(() => {
    document.querySelector('#file')?.addEventListener('click', (event) => event.preventDefault())
  })
  await page.locator('#file').press('Enter')
  await page.click('#away')
  await isReady(page)
  await expect.poll(() => propsOf('outbound_click')).toHaveLength(1)
  expect(propsOf('outbound_click')).toEqual([
    { url: `${elsewhere}/page?x=1&y`, host: new URL(elsewhere).host },
  ])
  expect(propsOf('file_download')).toMatchObject([{ extension: 'pdf', file_name: 'list.pdf' }])
  expect(propsOf('form_submit')).toMatchObject([{ form_id: 'inner' }])
})

test('a purchase passed to gtag before the SDK has loaded is a conversion', async () => {
  const page = await open('data-layer')
  await closeTab(page)
  await expect.poll(() => named('purchase')).toHaveLength(1)
  expect(named('purchase')).toMatchObject([
    { conversion: true, conversion_id: 'T1', revenue_cents: 1999, currency: 'EUR' },
  ])
})

describe('a visitor who follows', () => {
  const visit = '1.0199aaaa-0000-7000-8000-000000000001.0199aaaa-0000-7000-8000-000000000002'

  async function openShop(): Promise<Page> {
    const [startedAt, seenAt] = [Date.now() - 60_000, Date.now()]
    await context.addCookies([{ name: 'hw_id', value: `${visit}.${startedAt}.${seenAt}`, url: origin }])
    return open('links,interactions', { domains: 'localhost' })
  }
  async function expectSameVisitor(page: Page, address: string) {
    await page.waitForURL(elsewhere + address)
    await isReady(page)
    expect(await page.evaluate(() => document.cookie)).toContain(`hw_id=${visit}`)
  }

  test('a link is the same visitor there, and the address does not contain the record', async () => {
    const page = await openShop()
    await page.click('#away')
    await expectSameVisitor(page, '/page?x=1&y#part')
    expect(visited.at(-1)).toMatch(/^\/page\?x=1&y&hw_link=1\./)
  })

  // The headless browser opens the tab in the background, where its contents cannot be inspected.
  test('a link into a new tab passes the record, and the link itself is unchanged', async () => {
    const page = await openShop()
    await page.click('#away', { button: 'middle' })
    await expect.poll(() => visited.at(-1)).toMatch(/^\/page\?x=1&y&hw_link=1\./)
    await expect.poll(() => page.getAttribute('#away', 'href')).toBe(`${elsewhere}/page?x=1&y#part`)
  })

  test.each([
    ['post', '/page?form=post', '/page?form=post'],
    ['get', '/page?q=mug', '/page'],
  ])(
    'a form that %ss is the same there, and its event does not contain the record',
    async (id, address, action) => {
      const page = await openShop()
      await page.click(`#${id} button`)
      await expectSameVisitor(page, address)
      await expect.poll(() => propsOf('form_submit')).toMatchObject([{ action: elsewhere + action }])
    },
  )

  test('a link that was sent from another browser is another visitor', async () => {
    const page = await openShop()
    await page.click('#away')
    await page.waitForURL(`${elsewhere}/page?x=1&y#part`)
    const other = await browser.newContext({ userAgent: 'Another/1.0' })
    const shared = await other.newPage()
    await shared.goto(elsewhere + visited.at(-1))
    await isReady(shared)
    expect(await shared.evaluate(() => document.cookie)).not.toContain('0199aaaa')
    expect(await shared.evaluate(() => location.search)).toBe('?x=1&y')
    await other.close()
  })
})
