/**
 * Each page that a visitor comes to is one page view: by loading it, by routers of all kinds, back from the cache, after
 * prerendering.
 */
import type { Tab } from '@headwater/testkit/engines/engine'
import { engineName } from '@headwater/testkit/engines/launch'
import { describe, expect } from 'vitest'
import { chromiumPath } from '../../../tooling/installed-browsers.mjs'
import { flush, letPass, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { named, names, type TestSite } from './test-site.ts'

const test = testInBrowser({ keepsPages: true })

/** The paths of the page views, after the page has had time to send all of them. */
async function viewsOn(page: Tab, site: TestSite): Promise<string[]> {
  await letPass(page, 50)
  await flush(page)
  return site.events.filter(({ type }) => type === 'page').map(({ url = '' }) => url.replace(site.origin, ''))
}

// What routers do was observed with React Router 7.18 and Vue Router 4.6; for Next.js it is a guess.
type Routine = [fact: string, from: string, routine: () => unknown, views: string[]]
const routines: Routine[] = [
  ['a page that is loaded', '/', () => {}, ['/']],
  ['a router that pushes an address', '/', () => history.pushState(null, '', '/a'), ['/', '/a']],
  ['another query', '/', () => history.pushState(null, '', '/?page=2'), ['/', '/?page=2']],
  [
    'a push of the current address, as by a second click',
    '/',
    () => {
      for (let click = 0; click < 2; click++) history.pushState(null, '', '/a')
    },
    ['/', '/a'],
  ],
  [
    'a push, then replacements that change only the state, as by Next.js',
    '/',
    () => {
      history.pushState({ __NA: true }, '', '/a')
      for (let n = 0; n < 5; n++) history.replaceState({ __NA: true, n }, '', n % 2 ? '/a' : location.href)
    },
    ['/', '/a'],
  ],
  [
    'a state without an address on start, as by React Router',
    '/',
    () => history.replaceState({ idx: 0 }, ''),
    ['/'],
  ],
  [
    'the address replaced by itself on start, and again before each push, as by Vue Router',
    '/',
    async () => {
      for (let n = 0; n < 3; n++) history.replaceState({ position: n }, '', location.href)
      for (const next of ['/a', '/b']) {
        history.replaceState({ forward: next }, '', location.href)
        history.pushState({}, '', next)
        await null
      }
    },
    ['/', '/a', '/b'],
  ],
  [
    'a redirect by the same script, so that the first address was never shown',
    '/',
    () => {
      history.pushState(null, '', '/account')
      history.replaceState(null, '', '/login')
    },
    ['/', '/login'],
  ],
  [
    'a place on the page, by any means',
    '/',
    () => {
      location.hash = 'part'
      history.pushState(null, '', '#other')
      history.replaceState(null, '', '#third')
    },
    ['/'],
  ],
  [
    'a router that keeps its route in the hash',
    '/#/',
    async () => {
      history.pushState(null, '', '#/a')
      await null
      history.pushState(null, '', '#!/b')
    },
    ['/', '/', '/'], // fragments are never sent
  ],
  ['a hash route by a plain link', '/#/', () => (location.hash = '#/a'), ['/', '/']],
  [
    'a router that puts its own first route into the hash on start, as by Vue Router',
    '/',
    () => history.replaceState({ position: 0 }, '', '#/'),
    ['/'],
  ],
  [
    'an address that only loses its campaign',
    '/?utm_source=a&gclid=X&page=2',
    () => history.replaceState(history.state, '', '/?page=2'),
    ['/?utm_source=a&gclid=X&page=2'],
  ],
  [
    'steps back and forward',
    '/',
    async () => {
      const moved = (move: () => void) =>
        new Promise((resolve) => {
          addEventListener('popstate', resolve, { once: true })
          move()
        })
      history.pushState(null, '', '/a')
      await null
      history.pushState(null, '', '/b')
      await moved(() => history.back())
      await moved(() => history.forward())
    },
    ['/', '/a', '/b', '/a', '/b'],
  ],
  [
    'steps back and forward on one page',
    '/',
    async () => {
      const moved = (move: () => void) =>
        new Promise((resolve) => {
          addEventListener('popstate', resolve, { once: true })
          move()
        })
      history.pushState(null, '', '#a')
      history.pushState(null, '', '#b')
      await moved(() => history.back())
      await moved(() => history.forward())
    },
    ['/'],
  ],
]

const withoutNavigation = `<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>`

const navigations = [
  ['with what the browser has', ''],
  ['without the Navigation API', withoutNavigation],
] as const

// Each engine's own way; that of old browsers once.
describe.each(engineName === 'chromium' ? navigations : navigations.slice(0, 1))(
  '%s, each view is counted once:',
  (_, head) => {
    test.for(routines)('%s', async ([, from, routine, views], { visitor, site }) => {
      site.pages['*'] = { head }
      const page = await visit(visitor.page, site.origin + from)
      await page.evaluate(routine)
      expect(await viewsOn(page, site)).toEqual(views)
    })

    test('a page view that the site records itself', async ({ visitor, site }) => {
      site.pages['*'] = { head, tag: { 'data-auto-page': 'false' } }
      const page = await visit(visitor.page, `${site.origin}/`)
      await page.evaluate(() => {
        history.pushState(null, '', '/a')
        headwater.page('pricing')
      })
      expect(await viewsOn(page, site)).toEqual(['/a'])
    })

    test('each routed page has its own title', async ({ visitor, site }) => {
      site.pages['*'] = { head }
      const page = await visit(visitor.page, `${site.origin}/`)
      await page.evaluate(async () => {
        // React renders in a task of its own and runs effects after it has painted, Vue in a microtask.
        const nextTask = () => {
          const { port1, port2 } = new MessageChannel()
          const came = new Promise((resolve) => {
            port1.onmessage = resolve
          })
          port2.postMessage('')
          return came
        }
        history.pushState(null, '', '/vue')
        await Promise.resolve()
        document.title = 'Vue'
        await new Promise((resolve) => setTimeout(resolve, 150)) // longer than a title is waited for
        history.pushState(null, '', '/react')
        await nextTask()
        await new Promise(requestAnimationFrame)
        await nextTask()
        document.title = 'React'
      })
      await viewsOn(page, site)
      expect(site.events.map(({ title }) => title)).toEqual(['Shop', 'Vue', 'React'])
    })
  },
)

test('a reloaded page is another page view', async ({ visitor, site }) => {
  const page = await visit(visitor.page, `${site.origin}/`)
  await flush(page)
  await page.reload()
  await visit(page, `${site.origin}/`)
  await viewsOn(page, site)
  const keys = new Set(site.events.map(({ idempotency_key }) => idempotency_key))
  expect(keys.size).toBe(3)
  expect(new Set(site.events.map(({ stream }) => stream)).size).toBe(3)
})

test('a page view that the site records itself has its own time, also with the stub', async ({
  visitor,
  site,
}) => {
  site.pages['*'] = { hasStub: true, tag: { 'data-auto-page': 'false' } }
  const page = await visit(visitor.page, `${site.origin}/`)
  await letPass(page, 100)
  const toldAt = await page.evaluate(() => {
    headwater.page('pricing')
    return Date.now()
  })
  await flush(page)
  expect(Math.abs(Date.parse(site.events[0]?.occurred_at ?? '') - toldAt)).toBeLessThan(50)
})

test('a page that returns from the back/forward cache is another page view, and goes on sending', async ({
  visitor,
  site,
  skip,
}) => {
  skip(engineName === 'chromium' && !chromiumPath(), 'the Chromium from npm has no such cache: install one')
  site.pages['*'] = { headers: { 'cache-control': 'no-cache' } } // Firefox keeps no page that says no-store
  const page = await visit(visitor.page, `${site.origin}/`)
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      document.title = persisted ? 'returned' : 'loaded again'
    })
    headwater.track('left')
    void headwater.flush() // a request is in flight when the page is left
  })
  await page.goto(`${site.origin}/bare`)
  await page.evaluate(() => void setTimeout(() => history.back())) // Playwright's own waits for a load, which does not come
  await page.waitForFunction(() => document.title === 'returned')
  await page.evaluate(() => headwater.track('back'))
  await viewsOn(page, site)
  await expect.poll(() => names(site)).toContain('back')
  const views = named(site, 'page_view').map(({ idempotency_key }) => idempotency_key)
  expect(new Set(views).size).toBe(2)
})

// The headless shell from npm is built without this cache: its event is made by hand.
test('a return from the back/forward cache is another page view, showing the tab again is not', async ({
  visitor,
  site,
}) => {
  const page = await visit(visitor.page, `${site.origin}/`)
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))
  })
  await viewsOn(page, site)
  expect(new Set(site.events.map(({ idempotency_key }) => idempotency_key)).size).toBe(2)
})

// The headless shell does not prerender (it reports PrerenderingDisabledByDevTools, with and without them), so the test
// imitates what a page sees of it.
describe.skipIf(engineName !== 'chromium')('a page that is prerendered, which only Chromium does,', () => {
  const head = `<script>Object.defineProperty(document, 'prerendering', { value: true, configurable: true })</script>`
  const tag = { 'data-flush-interval-ms': '10' }
  const show = (page: Tab) =>
    page.evaluate(() => {
      const shownAt = Date.now()
      Object.defineProperty(document, 'prerendering', { value: false })
      document.dispatchEvent(new Event('prerenderingchange'))
      return shownAt
    })

  test('is one page view, recorded when it is shown', async ({ visitor, site }) => {
    site.pages['*'] = { head, tag }
    const page = await visit(visitor.page, `${site.origin}/`)
    await page.evaluate(() => headwater.track('early'))
    await letPass(page, 200)
    expect(site.events).toEqual([])
    expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0])
    const shownAt = await show(page)
    expect(await viewsOn(page, site)).toEqual(['/'])
    const [early, view] = site.events
    expect([early?.name, view?.name]).toEqual(['early', 'page_view'])
    expect(Date.parse(view?.occurred_at ?? '')).toBeGreaterThanOrEqual(shownAt)
  })

  test('that is never shown sends nothing', async ({ visitor, site }) => {
    for (const hasStub of [false, true]) {
      site.pages['*'] = { head, tag, hasStub }
      const page = await visit(await visitor.context.newPage(), `${site.origin}/`)
      await page.evaluate(() => headwater.track('early'))
      await page.goto(`${site.origin}/bare`)
    }
    expect(site.events).toEqual([])
  })

  test('with the stub is a page view when it is shown', async ({ visitor, site }) => {
    site.pages['*'] = { head, tag, hasStub: true }
    const page = await visit(visitor.page, `${site.origin}/`)
    await letPass(page, 100)
    const shownAt = await show(page)
    expect(await viewsOn(page, site)).toEqual(['/'])
    expect(Date.parse(site.events[0]?.occurred_at ?? '')).toBeGreaterThanOrEqual(shownAt)
  })
})
