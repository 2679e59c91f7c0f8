/** What pages do as they are left, in a real browser: nothing is lost, and a forgotten visitor does not come back. */
import { engineName, inChromium } from '@headwater/testkit/engines/launch'
import { describe, expect } from 'vitest'
import { closeTab, flush, hasClient, hasStub, see, track, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { at, named, names } from './test-site.ts'

const test = testInBrowser()

describe('on leave', () => {
  test.for([
    ['click', `<a id="out" href="/bare" onclick="headwater.reset()">Log out</a>`],
    ['submit', `<form action="/bare" onsubmit="headwater.reset()"><button id="out">Log out</button></form>`],
  ] as const)(
    'a reset at the %s that leaves the page takes effect on the next one',
    async ([, body], { visitor, site }) => {
      const { page } = visitor
      site.pages['/account'] = { body }
      await visit(page, at(site, '/account'))
      await page.evaluate(() => headwater.identify('user_1'))
      await flush(page)
      await page.click('#out')
      await page.waitForURL('**/bare*')
      await see(page, at(site, '/next'))
      const [known] = site.events
      const next = site.events.at(-1)
      expect(next).toMatchObject({ url: at(site, '/next') })
      expect(next).not.toHaveProperty('user_id')
      expect(next?.anonymous_id).not.toBe(known?.anonymous_id)
    },
  )

  test.for([
    ['visibilitychange', 'document'],
    ['pagehide', 'window'],
    ['beforeunload', 'window'],
  ] as const)(
    'an event that a page tracks at %s arrives, even if its listener runs after ours',
    async ([type, target], { visitor, site }) => {
      const page = await see(visitor.page, at(site))
      await page.evaluate(
        ([type, target]) => globalThis[target].addEventListener(type, () => headwater.track('bye')),
        [type, target] as const,
      )
      await page.goto(at(site, '/bare'))
      await see(page, at(site, '/next'))
      await expect.poll(() => names(site)).toContain('bye')
    },
  )

  test.for(['shutdown', 'flush'] as const)(
    'an event that a page tracks at pagehide arrives, even if it then calls %s',
    async (verb, { visitor, site }) => {
      const page = await see(visitor.page, at(site))
      await page.evaluate((verb) => {
        addEventListener('pagehide', () => {
          headwater.track('bye')
          void headwater[verb]()
        })
      }, verb)
      await page.goto(at(site, '/bare'))
      await see(page, at(site, '/next'))
      await expect.poll(() => names(site)).toContain('bye')
    },
  )
})

test('a visitor who refused in one tab does not come back when another tab with unsent events is closed', async ({
  visitor: { context, page: one },
  site,
}) => {
  site.pages['*'] = { tag: { 'data-load': 'engagement' } }
  await visit(one, at(site))
  await one.evaluate(() => headwater.identify('user_1'))
  await flush(one)
  const two = await see(await context.newPage(), at(site, '/two'))
  await two.bringToFront()
  await two.waitForFunction(() => performance.now() > 1_500) // what engagement takes for reading
  const before = site.events.length
  await one.evaluate(() => headwater.consent('denied'))
  await two.waitForFunction(() => document.cookie === '')
  await closeTab(two)
  await see(await context.newPage(), at(site, '/three'))
  const since = site.events.slice(before)
  expect(since.map(({ user_id }) => user_id)).toEqual(since.map(() => undefined))
  expect(since).toContainEqual(expect.objectContaining({ url: at(site, '/three') }))
})

test('an alert that is open for 6 s does not make the page give up its storage', async ({
  visitor,
  site,
  skip,
}) => {
  skip(engineName !== 'chromium', 'the drivers of the others answer alerts at once')
  const page = inChromium(visitor.page)
  const warnings: string[] = []
  page.on('console', (message) => warnings.push(message.text()))
  page.on('dialog', (dialog) => setTimeout(() => dialog.accept(), 6_000))
  site.pages['/age'] = {
    hasStub: true,
    body: `<script>addEventListener('load', () => { headwater.track('x'); alert('18?') })</script>`,
  }
  await page.goto(at(site, '/age'))
  await hasClient(page)
  await flush(page)
  expect(warnings).toEqual([])
  expect(names(site)).toContain('x')
})

test('a link to a download while the page loads loses none of the stub’s later events', async ({
  visitor,
  site,
  skip,
}) => {
  skip(engineName === 'webkit', 'its driver closes a loading page without beforeunload, its only event')
  const { page } = visitor
  site.withholdSdk()
  site.pages['/file'] = { isBare: true, headers: { 'content-disposition': 'attachment; filename=a.txt' } }
  site.pages['/slow'] = { hasStub: true, body: `<a id="download" href="/file">Download</a>` }
  await page.goto(at(site, '/slow'), { waitUntil: 'commit' })
  await hasStub(page)
  await page.click('#download', { noWaitAfter: true })
  await expect.poll(() => names(site)).toEqual(['page_view'])
  await track(page, 'later')
  await closeTab(page)
  await expect.poll(() => named(site, 'later')).toHaveLength(1)
})
