/** What is on the device and on the wire while a visitor agrees, has not answered, refuses, and when they change their mind. */
import type { Context, Tab } from '@headwater/testkit/engines/engine'
import { describe, expect, vi } from 'vitest'
import type { ConsentState } from '../../../../sdk/src/core/options.ts'
import { type Device, lookAt, nothing } from './device.ts'
import { closeTab, flush, hasClient, hasStub, letPass, track, visit } from './tab.ts'
import { testInBrowser, type Visitor } from './test-in-browser.ts'
import { at, names, type PageParts, type TestSite } from './test-site.ts'

const test = testInBrowser()

const device = (context: Context, site: TestSite) => lookAt(context, at(site, '/bare'))
const recordsIn = ({ databases }: Device) => Object.values(databases).flat()
const visitorsIn = (site: TestSite) => [...new Set(site.events.map((event) => event.anonymous_id))]
const say = (page: Tab, state: ConsentState) => page.evaluate((it) => headwater.consent(it), state)

const open = ({ page }: Visitor, site: TestSite, path = '/') => visit(page, at(site, path))

/** Calls every verb, then waits for as long as sending might take. */
async function sayAll(page: Tab): Promise<void> {
  await page.evaluate(async () => {
    headwater.track('a')
    headwater.identify('user_1', { email: 'anna@example.com' })
    headwater.conversion('purchase', { id: '1', revenueCents: 100, currency: 'EUR' })
    headwater.page('second')
    await headwater.flush()
  })
  await letPass(page, 100)
}

/** Leaves by a link, returns, and closes the tab. */
async function leaveTwice(page: Tab, site: TestSite): Promise<void> {
  await page.goto(at(site, '/bare'))
  await page.goBack()
  await hasClient(page)
  await sayAll(page)
  await closeTab(page)
}

const eager = { 'data-flush-interval-ms': '20' }
const consent = (state: ConsentState): PageParts => ({ tag: { ...eager, 'data-consent': state } })
const privacyControl = `<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>`
const doNotTrack = `<script>Object.defineProperty(navigator, 'doNotTrack', { value: '1' })</script>`

describe('a visitor who agrees', () => {
  test('has one cookie for all subdomains and one database, and events are sent', async ({
    visitor,
    site,
  }) => {
    const page = await open(visitor, site)
    await flush(page)
    const [event] = site.events
    const { cookies, localStorage, sessionStorage, databases } = await device(visitor.context, site)
    expect({ localStorage, sessionStorage }).toEqual({ localStorage: {}, sessionStorage: {} })
    expect(Object.keys(cookies)).toEqual(['hw_id'])
    expect(cookies.hw_id).toMatch(`1.${event?.anonymous_id}.${event?.session?.id}.`)
    expect((await visitor.context.cookies())[0]).toMatchObject({
      domain: '.shop.localhost',
      path: '/',
      sameSite: 'Lax',
    })
    expect(Object.keys(databases)).toEqual([`headwater/127.0.0.1:${site.port}/abcd1234`])
    expect(names(site)).toEqual(['page_view'])
  })

  test('is recorded despite Global Privacy Control', async ({ visitor, site }) => {
    site.pages['*'] = { ...consent('granted'), head: privacyControl }
    await flush(await open(visitor, site))
    expect(names(site)).toEqual(['page_view'])
  })

  test('is recorded despite Do Not Track, where the site ignores it', async ({ visitor, site }) => {
    site.pages['*'] = { head: doNotTrack }
    await flush(await open(visitor, site))
    expect(names(site)).toEqual(['page_view'])
  })
})

describe.each<[string, PageParts]>([
  ['has not answered', consent('pending')],
  ['has refused', consent('denied')],
  ['has refused by Global Privacy Control', { head: privacyControl, tag: eager }],
  ['has refused by Do Not Track', { head: doNotTrack, tag: { ...eager, 'data-respect-dnt': '' } }],
])('a visitor who %s', (_, parts) => {
  test('leaves nothing on the device and nothing is sent, also when they leave', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = parts
    const page = await open(visitor, site, '/?utm_source=a')
    await sayAll(page)
    await leaveTwice(page, site)
    expect(await device(visitor.context, site)).toEqual(nothing)
    expect(site.bodies).toEqual([])
  })

  test('can call `stored` without anything being stored', async ({ visitor, site }) => {
    site.pages['*'] = parts
    const page = await open(visitor, site)
    const stored = await page.evaluate(async () => {
      await headwater.forget()
      return headwater.stored()
    })
    expect(stored).toMatchObject({ texts: {} })
    expect(await device(visitor.context, site)).toEqual(nothing)
  })

  test('gets no cookie by a link from another domain', async ({ visitor, newVisitor, site }) => {
    site.pages['*'] = { tag: { 'data-load': 'links', 'data-domains': 'other.localhost,www.shop.localhost' } }
    const link = `<a href="${at(site, '/other')}">there</a>`
    site.pages['/from'] = { body: link }
    site.pages['/other'] = { ...parts, tag: { ...site.pages['*'].tag, ...parts.tag } }
    const sender = await newVisitor()
    await visit(sender.page, `http://other.localhost:${site.port}/from`)
    await flush(sender.page)
    await sender.page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.endsWith('links.js')),
    )
    await sender.page.click('a')
    const lent = await vi.waitUntil(() => site.addresses.find((address) => address.includes('hw_link=')))
    const page = await visit(visitor.page, at(site, lent))
    await sayAll(page)
    expect((await device(visitor.context, site)).cookies).toEqual({})
  })

  test('causes no request by the stub', async ({ visitor, site }) => {
    site.withholdSdk()
    site.pages['*'] = { ...parts, hasStub: true }
    await visitor.page.goto(at(site), { waitUntil: 'commit' })
    await hasStub(visitor.page)
    await visitor.page.evaluate(() => headwater.track('a'))
    await closeTab(visitor.page)
    expect(await device(visitor.context, site)).toEqual(nothing)
    expect(site.bodies).toEqual([])
  })
})

describe('a visitor who agrees later', () => {
  test('is recorded from the beginning: each event once, in order, with its own time, in one session', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = consent('pending')
    const page = await open(visitor, site, '/?utm_source=a')
    const times = await page.evaluate(async () => {
      const made: number[] = [performance.timeOrigin]
      for (const name of ['a', 'b', 'c']) {
        await new Promise((resolve) => setTimeout(resolve, 60))
        made.push(performance.timeOrigin + performance.now())
        headwater.track(name)
      }
      return made
    })
    await say(page, 'granted')
    await expect.poll(() => names(site)).toEqual(['page_view', 'a', 'b', 'c'])
    expect(site.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(new Set(site.events.map(({ session }) => session?.id)).size).toBe(1)
    expect(site.events[3]?.session?.landing_url).toMatch('utm_source=a')
    for (const n of [1, 2, 3]) {
      const offBy = Date.parse(site.events[n]?.occurred_at ?? '') - (times[n] ?? 0)
      expect(Math.abs(offBy)).toBeLessThan(20)
    }
  })

  test('after a refusal is a new visitor without earlier events', async ({ visitor, site }) => {
    const page = await open(visitor, site, '/?utm_source=a')
    await flush(page)
    await say(page, 'denied')
    await track(page, 'refused')
    await say(page, 'granted')
    await track(page, 'again')
    await flush(page)
    expect(names(site)).toEqual(['page_view', 'again'])
    const [before, after] = site.events
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id)
    expect(after?.session?.id).not.toBe(before?.session?.id)
    expect(after).toMatchObject({ seq: 1, session: { landing_url: expect.stringContaining('utm_source=a') } })
    expect(after?.stream).not.toBe(before?.stream)
  })

  test('after a refusal from the start is recorded from then on, with the current time', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = { ...consent('denied'), hasStub: true }
    const page = await open(visitor, site)
    await page.waitForFunction(() => performance.now() > 500)
    const agreedAt = await page.evaluate(() => Date.now())
    await say(page, 'granted')
    await track(page, 'agreed')
    await flush(page)
    expect(names(site)).toEqual(['agreed'])
    expect(Date.parse(site.events[0]?.occurred_at ?? '')).toBeGreaterThanOrEqual(agreedAt - 5)
  })
})

describe('a visitor who refuses later', () => {
  test('without having agreed is never recorded', async ({ visitor, site }) => {
    site.pages['*'] = consent('pending')
    const page = await open(visitor, site)
    await sayAll(page)
    await say(page, 'denied')
    await sayAll(page)
    await leaveTwice(page, site)
    expect(await device(visitor.context, site)).toEqual(nothing)
    expect(site.bodies).toEqual([])
  })

  test('is deleted from the device, and what waited is never sent', async ({ visitor, site }) => {
    site.pages['*'] = { tag: eager }
    const page = await open(visitor, site)
    await flush(page)
    site.answer(() => 503)
    await sayAll(page)
    const before = await device(visitor.context, site)
    expect(recordsIn(before).length).toBeGreaterThan(4)
    expect(Object.keys(before.localStorage)).toHaveLength(1) // until when to wait
    await say(page, 'denied')
    await expect.poll(async () => recordsIn(await device(visitor.context, site))).toEqual([])
    expect(await device(visitor.context, site)).toMatchObject({ cookies: {}, localStorage: {} })

    const [known] = visitorsIn(site)
    site.answer(() => 200)
    site.events.length = 0
    await sayAll(page)
    await flush(await visit(page, at(site)))
    expect(names(site)).toEqual(['page_view'])
    expect(visitorsIn(site)).not.toContain(known)
  })

  test('on the next page is deleted from the device too, with what an offline page had queued', async ({
    visitor,
    site,
  }) => {
    const page = await open(visitor, site)
    await flush(page)
    site.answer(() => 503)
    await sayAll(page)
    site.pages['*'] = consent('denied')
    await visit(page, at(site))
    await expect.poll(async () => recordsIn(await device(visitor.context, site))).toEqual([])
    expect(await device(visitor.context, site)).toMatchObject({ cookies: {}, localStorage: {} })
  })

  test('causes a notice for each dropped call', async ({ visitor, site }) => {
    const page = await open(visitor, site)
    await flush(page)
    const reasons = await page.evaluate(() => {
      const reasons: string[] = []
      headwater.on('dropped', ({ reason }) => reasons.push(reason))
      headwater.consent('denied')
      headwater.track('a')
      headwater.identify('user_1')
      headwater.reset()
      return reasons
    })
    expect(reasons).toEqual(['consent_denied', 'consent_denied', 'consent_denied'])
  })
})
