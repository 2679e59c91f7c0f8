/** Pages that forbid much: by content security policy, by subresource integrity, in sandboxed frames, without any storage. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type CollectorProcess, startCollectorProcess } from '@headwater/testkit/collector-process'
import { temporaryFolder } from '@headwater/testkit/databases'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { closeTab, flush, hasClient, visit } from './tab.ts'
import { testInChromium } from './test-in-browser.ts'
import { at, names, type PageParts, type TestSite } from './test-site.ts'

const test = testInChromium()

/** What the page's policy has blocked, and what was logged to its console. */
function listenTo(page: Page): { violations: string[]; console: string[] } {
  const logged = { violations: [] as string[], console: [] as string[] }
  page.on('console', (message) => {
    const text = message.text()
    if (text.startsWith('violated')) logged.violations.push(text)
    else logged.console.push(text)
  })
  return logged
}

const listener = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.log('violated ' + violatedDirective + ' ' + blockedURI))`

const all = 'vitals engagement interactions links data-layer debug'
const shop = (nonce: string) => `<button>Press</button><a href="http://other.localhost:1/">away</a>
  <script${nonce}>
    document.querySelector('a').addEventListener('click', (event) => event.preventDefault())
    dataLayer = [{ event: 'purchase', ecommerce: { transaction_id: 'T1', value: 19.99, currency: 'EUR' } }]
  </script>`

describe('under a policy', () => {
  const noTypes = `require-trusted-types-for 'script'; trusted-types 'none'`
  const policies: [
    fact: string,
    policyOf: (site: TestSite) => string,
    attributes: Record<string, string>,
    nonce: string,
  ][] = [
    [
      'that allows the tag by a nonce, with trusted types and nothing else',
      ({ origin }) =>
        `default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src ${origin}; ${noTypes}`,
      { nonce: 'abc' },
      ' nonce="abc"',
    ],
    [
      'that allows the collector’s address',
      ({ origin }) =>
        `default-src 'none'; script-src ${origin} 'sha256-${hashOf(listener)}' 'sha256-${hashOf(scriptIn(shop('')))}'; connect-src ${origin}; ${noTypes}`,
      {},
      '',
    ],
  ]

  test.for(policies)(
    '%s, everything runs and nothing is violated',
    async ([, policyOf, attributes, nonce], { visitor, site }) => {
      const { page } = visitor
      const logged = listenTo(page)
      site.pages['*'] = {
        headers: { 'content-security-policy': policyOf(site) },
        head: `<script${nonce}>${listener}</script>`,
        tag: { ...attributes, 'data-load': all, 'data-domains': 'other.localhost' },
        body: shop(nonce),
      }
      await visit(page, at(site))
      for (const name of all.split(' ')) {
        await page.waitForFunction(
          (it) =>
            performance
              .getEntriesByName(it)
              .some((entry) => (entry as PerformanceResourceTiming).responseStatus === 200),
          `${site.origin}/sdk/${name}.js`,
        )
      }
      await expect
        .poll(() => page.evaluate(() => headwater.flush()).then(() => names(site)))
        .toContain('purchase')
      const isLent = page.evaluate(
        () =>
          new Promise((resolve) =>
            new MutationObserver(() => resolve('')).observe(document.body, {
              subtree: true,
              attributes: true,
            }),
          ),
      )
      await page.click('button')
      await page.click('a')
      await isLent
      await page.waitForFunction(() => performance.now() > 1_500) // what engagement takes for reading
      await page.goto(at(site, '/bare'))
      await expect
        .poll(() => [...new Set(names(site))].sort())
        .toEqual(['engagement', 'page_view', 'purchase', 'web_vital'])
      expect(logged.console.filter((text) => text.includes('purchase'))).not.toEqual([])
      expect(logged.violations).toEqual([])
    },
  )
})

describe('with the collector itself', () => {
  let collector: CollectorProcess
  let token: string
  beforeAll(async () => {
    const folder = await temporaryFolder()
    collector = await startCollectorProcess('dev', { HEADWATER_DATA_DIR: `${folder}/data` })
    const { public_token } = await readJson(`${folder}/dev.json`)
    token = public_token
  })
  afterAll(() => collector?.end('SIGKILL'))

  const tagOf = (more: Record<string, string> = {}) => ({
    src: `${collector.url}/sdk.js`,
    'data-token': token,
    ...more,
  })

  /** How many events the collector reports as stored to the page. */
  async function stored(page: Page, address: string): Promise<number> {
    const receipt = page.waitForResponse((response) => response.url().includes('/v1/batch'))
    await visit(page, address)
    await flush(page)
    return (await (await receipt).json()).accepted
  }

  test('a policy that allows its address is enough', async ({ visitor, site }) => {
    const logged = listenTo(visitor.page)
    site.pages['*'] = {
      headers: {
        'content-security-policy': `default-src 'none'; script-src ${collector.url} 'sha256-${hashOf(listener)}'; connect-src ${collector.url}`,
      },
      head: `<script>${listener}</script>`,
      tag: tagOf(),
    }
    expect(await stored(visitor.page, at(site))).toBe(1)
    expect(logged.violations).toEqual([])
  })

  test('a tag with the digest of the file runs', async ({ visitor, site }) => {
    const file = await (await fetch(`${collector.url}/sdk.js`)).text()
    site.pages['*'] = {
      tag: tagOf({ integrity: `sha384-${hashOf(file, 'sha384')}`, crossorigin: 'anonymous' }),
    }
    expect(await stored(visitor.page, at(site))).toBe(1)
  })

  test('a tag with the digest of another file does not run, and does not harm the page', async ({
    visitor,
    site,
  }) => {
    const { page } = visitor
    site.pages['*'] = {
      hasStub: true,
      tag: {
        ...tagOf({ integrity: `sha384-${hashOf('another', 'sha384')}`, crossorigin: 'anonymous' }),
        onerror: 'refused = true',
      },
    }
    await page.goto(at(site))
    await page.waitForFunction(() => 'refused' in globalThis)
    const verbs = await page.evaluate(() => {
      headwater.track('a')
      headwater.consent('granted')
      return Object.keys(headwater)
    })
    expect(verbs).toContain('q')
    await page.goto(at(site, '/bare'))
  })
})

describe('in a sandboxed frame', () => {
  const frame: PageParts = { isBare: true, body: '<iframe sandbox="allow-scripts" src="/framed"></iframe>' }
  const ofFrame = (page: Page) => {
    const framed = page.frames().find((it) => it.url().endsWith('/framed'))
    if (!framed) throw new Error('The page has no frame.')
    return framed
  }

  test('events arrive, also on leave', async ({ visitor: { page }, site }) => {
    site.pages['/frame'] = frame
    await page.goto(at(site, '/frame'))
    await hasClient(ofFrame(page))
    await ofFrame(page).evaluate(async () => {
      headwater.track('a')
      await headwater.flush()
      headwater.track('left')
    })
    await page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view', 'a', 'left'])
    expect(new Set(site.events.map(({ session }) => session?.id)).size).toBe(1)
  })
})

describe('where cookies, localStorage and IndexedDB all throw', () => {
  const head = `<script>
    const forbidden = () => { throw new DOMException('Forbidden', 'SecurityError') }
    Object.defineProperty(Document.prototype, 'cookie', { get: forbidden, set: forbidden })
    for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(window, name, { get: forbidden })
  </script>`

  test('events arrive, also on leave, and the failure is logged once', async ({
    visitor: { page },
    site,
  }) => {
    site.pages['*'] = { head }
    const logged = listenTo(page)
    await visit(page, at(site))
    await page.evaluate(() => headwater.track('a'))
    await flush(page)
    await page.evaluate(() => headwater.track('left'))
    await closeTab(page)
    await expect.poll(() => names(site)).toEqual(expect.arrayContaining(['page_view', 'a', 'left']))
    expect(new Set(site.events.map((event) => event.anonymous_id)).size).toBe(1)
    expect(logged.console.filter((text) => text.includes('storage_failed'))).toHaveLength(1)
  })

  test('the failure is logged with the debug file, too', async ({ visitor: { page }, site }) => {
    site.pages['*'] = { head, tag: { 'data-load': 'debug' } }
    const logged = listenTo(page)
    await visit(page, at(site))
    const isLogged = async () => {
      await page.evaluate(() => headwater.track('a')) // one of them comes when the file is there
      await flush(page)
      return logged.console.some((text) => text.includes('recorded → sent'))
    }
    await expect.poll(isLogged).toBe(true)
    expect(logged.console.filter((text) => text.includes('storage_failed'))).toHaveLength(1)
  })
})

function hashOf(text: string, algorithm = 'sha256'): string {
  return createHash(algorithm).update(text).digest('base64')
}

function scriptIn(html: string): string {
  return /<script>(.*)<\/script>/s.exec(html)?.[1] ?? ''
}

async function readJson(path: string) {
  return JSON.parse(await readFile(path, 'utf8'))
}
