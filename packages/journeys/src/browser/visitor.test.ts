/** One person in a browser is one visitor in one session: across subdomains, tabs, sign-ins, campaigns, redirects and outages. */
import { describe, expect } from 'vitest'
import { closeTab, flush, hasClient, hasStub, letTimeLeap, minute, see, track, visit } from './tab.ts'
import { testInBrowser } from './test-in-browser.ts'
import { named, neverComes, type TestSite } from './test-site.ts'

const test = testInBrowser({ hosts: ['*.shop.test', 'shop.test', '*.example.co.uk'] })

const www = (site: TestSite, path = '/') => `http://www.shop.test:${site.port}${path}`
const blog = (site: TestSite, path = '/') => `http://blog.shop.test:${site.port}${path}`
const anonymousIds = (site: TestSite) => [...new Set(site.events.map((event) => event.anonymous_id))]
const sessionIds = (site: TestSite) => [...new Set(site.events.map(({ session }) => session?.id))]

describe('on subdomains', () => {
  test('visitor and session are the same, and only the first subdomain sends the landing', async ({
    visitor,
    site,
  }) => {
    await see(visitor.page, www(site, '/?utm_source=a'))
    await see(visitor.page, blog(site))
    await see(visitor.page, www(site, '/again'))
    expect(site.events).toHaveLength(3)
    expect(anonymousIds(site)).toHaveLength(1)
    expect(sessionIds(site)).toHaveLength(1)
    const [first, second, third] = site.events.map(({ session }) => session)
    expect(first).toMatchObject({ landing_url: www(site, '/?utm_source=a') })
    expect(second?.started_at).toBe(first?.started_at)
    expect(second).not.toHaveProperty('landing_url')
    expect(second).not.toHaveProperty('referrer_url')
    expect(third).toEqual(first)
  })

  test('the only cookie is on the widest domain that allows one', async ({ visitor, site }) => {
    for (const [host, domain] of [
      ['www.shop.test', '.shop.test'],
      ['shop.test', '.shop.test'],
      ['a.b.example.co.uk', '.example.co.uk'],
    ]) {
      await see(visitor.page, `http://${host}:${site.port}/`)
      const cookies = await visitor.context.cookies()
      expect(cookies).toMatchObject([{ name: 'hw_id', domain }])
      await visitor.context.clearCookies()
    }
  })

  test('logging out on one starts a new visitor on the other', async ({ visitor, site }) => {
    const shop = await see(visitor.page, www(site))
    await shop.evaluate(() => headwater.identify('user_1'))
    const other = await see(await visitor.context.newPage(), blog(site))
    await other.evaluate(() => headwater.reset())
    await track(other, 'after')
    await flush(other)
    await track(shop, 'there')
    await flush(shop)
    const [after] = named(site, 'after')
    const [there] = named(site, 'there')
    expect(anonymousIds(site)).toHaveLength(2)
    expect(there?.anonymous_id).toBe(after?.anonymous_id)
    expect(there?.session?.id).toBe(after?.session?.id)
    expect(there).not.toHaveProperty('user_id')
  })

  test('another campaign on one opens a session, which the other continues', async ({ visitor, site }) => {
    await see(visitor.page, www(site, '/?utm_source=a'))
    await see(visitor.page, blog(site, '/?utm_source=b'))
    await see(visitor.page, www(site, '/'))
    const [first, second, third] = site.events.map(({ session }) => session)
    expect(second?.id).not.toBe(first?.id)
    expect(second).toMatchObject({ landing_url: blog(site, '/?utm_source=b') })
    expect(third?.id).toBe(second?.id)
  })

  test('a visitor who returned after an hour and left before the SDK loaded is the same one', async ({
    visitor,
    site,
  }) => {
    await see(visitor.page, www(site))
    await letTimeLeap(visitor.page, site, 60 * minute)
    site.withholdSdk()
    site.pages['/stub'] = { hasStub: true }
    await visitor.page.goto(www(site, '/stub?utm_source=a'), { waitUntil: 'commit' })
    await hasStub(visitor.page)
    await visitor.page.goto(www(site, '/bare'))
    await expect.poll(() => site.events).toHaveLength(2)
    site.restoreSdk()
    await see(visitor.page, www(site, '/next'))
    expect(anonymousIds(site)).toHaveLength(1)
    expect((await visitor.context.cookies()).map(({ name }) => name)).toEqual(['hw_id'])
  })
})

describe('a session', () => {
  test('is shared by two tabs that wake at the same moment after half an hour', async ({ visitor, site }) => {
    const tabs = [await see(visitor.page, www(site)), await see(await visitor.context.newPage(), www(site))]
    await letTimeLeap(visitor.page, site, 31 * minute)
    await Promise.all(tabs.map((tab) => track(tab, 'woke')))
    await Promise.all(tabs.map(flush))
    // Without a secure context there are no locks, and both tabs may send both.
    const woken = new Map(
      named(site, 'woke').map(({ idempotency_key, session }) => [idempotency_key, session]),
    )
    expect(woken.size).toBe(2)
    const [session, ...others] = new Set([...woken.values()].map((it) => it?.id))
    expect(others).toEqual([])
    expect(session).not.toBe(site.events[0]?.session?.id)
  })

  test('survives a closed tab, also one that could not deliver', async ({ visitor, site }) => {
    site.answer(() => undefined)
    const page = await visit(visitor.page, www(site, '/?utm_source=a'))
    await track(page, 'offline')
    await visitor.context.newPage() // a browser without a page ends
    await closeTab(page)
    site.answer(() => 200)
    site.events.length = 0
    await see(await visitor.context.newPage(), www(site, '/next'))
    await expect.poll(() => new Set(site.events.map(({ name, url }) => `${name} ${url}`)).size).toBe(3)
    expect(sessionIds(site)).toHaveLength(1)
    expect(named(site, 'offline')[0]?.session?.landing_url).toBe(www(site, '/?utm_source=a'))
  })

  test('ends with another campaign, not with the same one', async ({ visitor, site }) => {
    await see(visitor.page, www(site, '/?utm_source=a'))
    await see(visitor.page, www(site, '/again?utm_source=a'))
    await see(visitor.page, www(site, '/?gclid=X'))
    expect(sessionIds(site)).toHaveLength(2)
    expect(site.events.at(-1)?.session?.landing_url).toBe(www(site, '/?gclid=X'))
  })

  test('does not end with another campaign where the site has chosen that', async ({ visitor, site }) => {
    site.pages['*'] = { tag: { 'data-new-campaign-starts-session': 'false' } }
    await see(visitor.page, www(site, '/?utm_source=a'))
    await see(visitor.page, www(site, '/?utm_source=b'))
    expect(sessionIds(site)).toHaveLength(1)
    expect(site.events.at(-1)?.session?.landing_url).toBe(www(site, '/?utm_source=a'))
  })

  test('continues when an anonymous visitor signs in, and ends when another user does', async ({
    visitor,
    site,
  }) => {
    const page = await see(visitor.page, www(site))
    for (const user of ['user_1', 'user_2']) await page.evaluate((id) => headwater.identify(id), user)
    await track(page, 'after')
    await flush(page)
    const [before, first, second, after] = site.events
    expect(first).toMatchObject({ user_id: 'user_1', anonymous_id: before?.anonymous_id })
    expect(first?.session?.id).toBe(before?.session?.id)
    expect(second?.session?.id).not.toBe(first?.session?.id)
    expect(after).toMatchObject({ user_id: 'user_2', session: { id: second?.session?.id } })
  })

  test('has the campaign that a router removed from the address before the SDK loaded', async ({
    visitor,
    site,
  }) => {
    site.pages['*'] = { head: `<script>history.replaceState(null, '', location.pathname)</script>` }
    await see(visitor.page, www(site, '/?utm_source=a&gclid=X'))
    expect(site.events[0]).toMatchObject({
      url: www(site),
      session: { landing_url: www(site, '/?utm_source=a&gclid=X') },
    })
  })

  test('has the campaign of a page that redirects the visitor at once', async ({ visitor, site }) => {
    site.pages['/a'] = { body: `<script>addEventListener('load', () => location.replace('/b'))</script>` }
    await visitor.page.goto(www(site, '/a?utm_source=a'))
    await visitor.page.waitForURL('**/b')
    await hasClient(visitor.page)
    await flush(visitor.page)
    const sessions = () =>
      new Map(site.events.map(({ idempotency_key, session }) => [idempotency_key, session]))
    await expect.poll(() => sessions().size).toBe(2)
    expect(sessionIds(site)).toHaveLength(1)
    expect(
      [...sessions().values()].some((session) => session?.landing_url === www(site, '/a?utm_source=a')),
    ).toBe(true)
  })

  test('has the campaign of a page whose own script redirects the visitor before the SDK has loaded', async ({
    visitor,
    site,
  }) => {
    site.pages['/a'] = {
      hasStub: true,
      tag: { src: site.origin + neverComes },
      body: `<p>Please wait</p><script>location.replace('/b')</script>`, // WebKit says nothing to a page without a body
    }
    await visitor.page.goto(www(site, '/a?utm_source=a'), { waitUntil: 'commit' })
    await visitor.page.waitForURL('**/b')
    await hasClient(visitor.page)
    await flush(visitor.page)
    await expect.poll(() => named(site, 'page_view')).toHaveLength(2)
    const ofA = site.events.find(({ url }) => url?.includes('/a'))
    const ofB = site.events.find(({ url }) => url?.includes('/b'))
    expect(ofB?.anonymous_id).toBe(ofA?.anonymous_id)
    expect(ofB?.session?.id).toBe(ofA?.idempotency_key)
  })
})
