/** What is stored and sent about a visitor who agrees, where it is stored, and how they see and delete it. */
import type { Context } from '@headwater/testkit/engines/engine'
import { describe, expect } from 'vitest'
import { consoleOf } from './console-of.ts'
import { lookAt, nothing } from './device.ts'
import { closeTab, flush, hasClient, hasStub, letPass, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { at, names, type TestSite } from './test-site.ts'

const test = testInBrowser()

const device = (context: Context, site: TestSite) => lookAt(context, at(site, '/bare'))

describe('with persistence', () => {
  test('local, the visitor is in localStorage of this origin, without a cookie', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = { tag: { 'data-persistence': 'local' } }
    await flush(await visit(visitor.page, at(site)))
    await flush(await visit(visitor.page, at(site, '/next')))
    const { cookies, localStorage } = await device(visitor.context, site)
    const [first, second] = site.events
    expect(cookies).toEqual({})
    expect(Object.entries(localStorage)).toEqual([
      [`headwater/127.0.0.1:${site.port}/abcd1234/id`, expect.stringMatching(`1.${first?.anonymous_id}.`)],
    ])
    expect(second).toMatchObject({ anonymous_id: first?.anonymous_id, session: { id: first?.session?.id } })
  })

  test('memory, nothing is on the device, each page is another visitor, and events arrive', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = { tag: { 'data-persistence': 'memory' } }
    const page = await visit(visitor.page, at(site))
    await page.evaluate(() => headwater.track('a'))
    await flush(page)
    await page.evaluate(() => headwater.track('left'))
    await page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view', 'a', 'left'])
    expect(new Set(site.events.map((event) => event.anonymous_id)).size).toBe(1)
    await visit(page, at(site))
    await closeTab(page)
    await expect.poll(() => names(site)).toEqual(['page_view', 'a', 'left', 'page_view'])
    expect(new Set(site.events.map((event) => event.anonymous_id)).size).toBe(2)
    expect(await device(visitor.context, site)).toEqual(nothing)
  })
})

describe('secrets and personal data', () => {
  const secret = 'S3CRET'
  const query = `token=${secret}1&e-mail=a&user[email]=${secret}2&PASSWORD=${secret}3&code=${secret}4&Voucher=${secret}5&keep=yes`
  const fragment = `#${secret}6`
  const tag = { 'data-sensitive-keys': '["voucher"]' }

  test('in an address are neither sent nor stored, wherever the address is', async ({ visitor, site }) => {
    site.pages['*'] = { tag }
    site.pages['/from'] = { tag, body: `<a href="/landing?utm_source=a&${query}${fragment}">go</a>` }
    const page = await visit(visitor.page, at(site, `/from?${query}${fragment}`))
    await page.click('a')
    await page.waitForURL('**/landing**')
    await hasClient(page)
    await page.evaluate((address) => {
      headwater.identify('user_1', { email: 'anna@example.com' })
      history.pushState(null, '', address)
      headwater.conversion('purchase')
    }, `/next?${query}${fragment}`)
    await flush(page)
    await page.evaluate(() => headwater.track('left'))
    const kept = JSON.stringify(await device(visitor.context, site))
    await page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toContain('left')

    const { session, touches } = site.events.find(({ name }) => name === 'purchase') ?? {}
    expect(session?.landing_url).toBe(at(site, '/landing?utm_source=a&keep=yes'))
    expect(touches).toHaveLength(2)
    expect(touches?.[1]?.referrer_url).toBe(at(site, '/from?keep=yes'))
    const everything = site.bodies.join() + kept + JSON.stringify(await device(visitor.context, site))
    expect(everything).toContain('keep=yes')
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain('anna@')
  })

  test('in an address are not sent by the stub either', async ({ visitor, site }) => {
    site.withholdSdk()
    site.pages['*'] = { tag, hasStub: true }
    const { page } = visitor
    await page.goto(at(site, `/landing?utm_source=a&${query}${fragment}`), { waitUntil: 'commit' })
    await hasStub(page)
    await page.evaluate(() => headwater.identify('user_1', { email: 'anna@example.com' }))
    await page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view', 'identify'])
    expect(site.bodies.join()).not.toContain('anna@')
    expect(site.bodies.join()).not.toContain(secret)
  })

  test('in an address are not in the events of forms and links', async ({ visitor, site }) => {
    site.pages['*'] = {
      tag: { ...tag, 'data-load': 'interactions' },
      body: `<form onsubmit="return false"><button>send</button></form><a href="http://other.localhost:1/?${query}">away</a>`,
    }
    const page = await visit(visitor.page, at(site, `/?${query}`))
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/interactions.js')),
    )
    await page.evaluate(() =>
      document.querySelector('a')?.addEventListener('click', (event) => event.preventDefault()),
    )
    await expect
      .poll(async () => {
        await page.click('button')
        await page.click('a')
        await flush(page)
        return names(site)
      })
      .toContain('outbound_click')
    expect(site.bodies.join()).toContain('keep=yes')
    expect(site.bodies.join()).not.toContain(secret)
  })
})

test.for([
  ['data-sensitive-keys', 'sensitiveKeys'],
  ['data-ignored-referrers', 'ignoredReferrers'],
])(
  '%s as plain text is refused in the console, and nothing is sent or stored',
  async ([attribute = '', option], { visitor, site }) => {
    const logged = consoleOf(visitor.page, site)
    site.pages['*'] = { tag: { [attribute]: 'voucher' } }
    await visitor.page.goto(at(site, '/?voucher=1'))
    await expect
      .poll(() => logged)
      .toEqual([expect.stringContaining(`invalid_option: \`${option}\` is 'voucher'`)])
    await letPass(visitor.page, 100)
    expect(site.bodies).toEqual([])
    expect(await device(visitor.context, site)).toEqual(nothing)
  },
)

describe('a visitor who asks', () => {
  test('to see their data gets all that is on the device', async ({ visitor, site }) => {
    site.answer(() => 503)
    const page = await visit(visitor.page, at(site))
    await page.evaluate(() => headwater.identify('user_1'))
    await flush(page)
    const stored = await page.evaluate(() => headwater.stored())
    const { cookies, localStorage, databases } = await device(visitor.context, site)
    const [[name = '', records] = []] = Object.entries(databases)
    expect(stored.records).toEqual(records)
    expect(stored.records).toHaveLength(4) // two events, the visitor, and how much it is
    expect(stored.texts.id).toBe(cookies.hw_id)
    expect(Object.keys(localStorage)).toEqual(
      Object.keys(stored.texts)
        .filter((it) => it !== 'id')
        .map((it) => `${name}/${it}`),
    )
    expect(Object.keys(localStorage)).toHaveLength(1)
  })

  test('to be forgotten is deleted, and later events are of a new visitor', async ({ visitor, site }) => {
    site.answer(() => 503)
    const page = await visit(visitor.page, at(site, '/?utm_source=a'))
    await page.evaluate(() => headwater.identify('user_1'))
    await flush(page)
    const known = site.events[0]
    await page.evaluate(() => headwater.forget())
    const { cookies, localStorage, databases } = await device(visitor.context, site)
    expect({ cookies, localStorage, records: Object.values(databases).flat() }).toEqual({
      ...{ cookies: {}, localStorage: {}, records: [] },
    })
    site.answer(() => 200)
    site.events.length = 0
    await page.evaluate(() => headwater.track('after'))
    await flush(page)
    expect(names(site)).toEqual(['after'])
    const [after] = site.events
    expect(after?.user_id).toBeUndefined()
    expect(after?.anonymous_id).not.toBe(known?.anonymous_id)
    expect(after?.session?.id).not.toBe(known?.session?.id)
    expect(after?.stream).not.toBe(known?.stream)
  })
})

describe('when the visitor leaves before the SDK has loaded, the stub', () => {
  test('sends their events with their times, and passes the visitor to the next page', async ({
    visitor,
    site,
  }) => {
    const { page } = visitor
    site.pages['/stub'] = { hasStub: true }
    site.withholdSdk()
    await page.goto(at(site, '/stub?utm_source=a'), { waitUntil: 'commit' })
    await hasStub(page)
    const calledAt = await page.evaluate(() => {
      headwater.track('a', { n: 1 })
      headwater.conversion('purchase', { id: '1', revenueCents: 100, currency: 'EUR' })
      return Date.now()
    })
    await page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view', 'a', 'purchase'])
    const [, a, purchase] = site.events
    expect(a?.props).toEqual({ n: 1 })
    expect(purchase).toMatchObject({
      conversion: true,
      conversion_id: '1',
      revenue_cents: 100,
      currency: 'EUR',
    })
    expect(Math.abs(Date.parse(a?.occurred_at ?? '') - calledAt)).toBeLessThan(50)

    site.restoreSdk()
    await flush(await visit(page, at(site, '/next')))
    const next = site.events.at(-1)
    expect(next?.anonymous_id).toBe(a?.anonymous_id)
    expect(next?.session?.id).toBe(site.events[0]?.idempotency_key)
  })

  test('sends everything if they agreed meanwhile, and nothing if they refused', async ({
    visitor,
    newVisitor,
    site,
  }) => {
    site.withholdSdk()
    site.pages['*'] = { hasStub: true, tag: { 'data-consent': 'pending' } }
    for (const [state, { page }] of [
      ['denied', await newVisitor()],
      ['granted', visitor],
    ] as const) {
      await page.goto(at(site, `/?${state}`), { waitUntil: 'commit' })
      await hasStub(page)
      await page.evaluate((it) => {
        headwater.track('before')
        headwater.consent(it)
      }, state)
      await page.goto(at(site, '/bare'))
    }
    await expect.poll(() => names(site)).toEqual(['page_view', 'before'])
  })

  test('stores nothing where nothing may be stored', async ({ visitor, site }) => {
    site.withholdSdk()
    site.pages['*'] = { hasStub: true, tag: { 'data-persistence': 'memory' } }
    await visitor.page.goto(at(site), { waitUntil: 'commit' })
    await hasStub(visitor.page)
    await visitor.page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view'])
    expect(await device(visitor.context, site)).toEqual(nothing)
  })

  test('reads the attributes as the SDK does', async ({ visitor, site }) => {
    site.pages['*'] = { tag: { 'data-persistence': 'cookie' }, hasStub: true }
    await flush(await visit(visitor.page, at(site)))
    site.withholdSdk()
    await visitor.page.goto(at(site), { waitUntil: 'commit' })
    await hasStub(visitor.page)
    await visitor.page.goto(at(site, '/bare'))
    await expect.poll(() => names(site)).toEqual(['page_view', 'page_view'])
    expect(new Set(site.events.map((event) => event.anonymous_id)).size).toBe(1)
  })
})
