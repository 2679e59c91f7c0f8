/** What is recorded about a visitor's arrival: touches and ad cookies, also for two websites on one page. */
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import type { Client } from '../../../../sdk/src/core/api.ts'
import { flush, hasClient, letTimeLeap, minute, see } from './tab.ts'
import { testInChromium } from './test-in-browser.ts'
import { addClientMaker, named, type TestSite, token } from './test-site.ts'

const hosts = ['www.shop.test', 'pay.test'].map((host) => `MAP ${host} 127.0.0.1`)
const test = testInChromium(`--host-resolver-rules=${hosts.join(', ')}`)

const www = (site: TestSite, path = '/') => `http://www.shop.test:${site.port}${path}`

describe('the visitor’s arrival', () => {
  test('is sent with a conversion: each campaign, the first one first', async ({ visitor, site }) => {
    const page = await see(visitor.page, www(site, '/?utm_source=a'))
    for (const source of ['b', 'c']) {
      await letTimeLeap(page, site, 31 * minute)
      await see(page, www(site, `/?utm_source=${source}`))
    }
    await letTimeLeap(page, site, 31 * minute)
    await see(page, www(site)) // direct, so no new touch
    await page.evaluate(() => headwater.conversion('purchase'))
    await flush(page)
    const [purchase] = named(site, 'purchase')
    expect(purchase?.touches?.map(({ url = '' }) => new URL(url).search)).toEqual([
      '?utm_source=a',
      '?utm_source=b',
      '?utm_source=c',
    ])
    const views = named(site, 'page_view').slice(0, 3)
    expect(purchase?.touches?.map(({ session_id }) => session_id)).toEqual(
      views.map(({ session }) => session?.id),
    )
    expect(views.every((event) => !('touches' in event))).toBe(true)
    const { records } = await page.evaluate(() => headwater.stored())
    expect(records).toContainEqual(
      expect.objectContaining({ anonymousId: purchase?.anonymous_id, touches: purchase?.touches }),
    )
  })

  test('is not a touch when a site only passed them on', async ({ visitor, site }) => {
    site.pages['*'] = { tag: { 'data-ignored-referrers': '["pay.test"]' } }
    site.pages['/pay'] = { isBare: true, body: '<a>', headers: { 'referrer-policy': 'unsafe-url' } }
    const page = await see(visitor.page, www(site, '/?utm_source=a'))
    await letTimeLeap(page, site, 31 * minute)
    await page.goto(`http://pay.test:${site.port}/pay`)
    await page.evaluate(
      (address) => {
        location.href = address
      },
      www(site, '/thanks'),
    )
    await page.waitForURL('**/thanks')
    await hasClient(page)
    await page.evaluate(() => headwater.conversion('purchase'))
    await flush(page)
    const [purchase] = named(site, 'purchase')
    expect(new URL(purchase?.session?.referrer_url ?? '').hostname).toBe('www.shop.test')
    expect(purchase?.touches?.map(({ url = '' }) => new URL(url).search)).toEqual(['?utm_source=a'])
  })

  test('from an ad has its cookies sent with sign-ins and conversions, and with nothing else', async ({
    visitor,
    site,
  }) => {
    const cookies = {
      _fbc: 'fb.1.1.X',
      _fbp: 'fb.1.1.2',
      _gcl_aw: 'GCL.1.Y',
      li_fat_id: 'z=1',
      other: 'secret',
    }
    await visitor.context.addCookies(
      Object.entries(cookies).map(([name, value]) => ({ name, value, url: www(site) })),
    )
    const page = await see(visitor.page, www(site))
    await page.evaluate(() => {
      headwater.track('a')
      headwater.identify('user_1')
      headwater.conversion('purchase')
    })
    await flush(page)
    const { other, ...ofAds } = cookies
    expect(site.events.map(({ ad_cookies }) => ad_cookies)).toEqual([undefined, undefined, ofAds, ofAds])
    expect(site.bodies.join()).not.toContain(other)
  })
})

describe('two websites on one page', () => {
  const otherToken = 'hw_pub_efgh5678_0123456789abcdefghjkmnpqrs'

  /** Both record alternately, each twice. */
  async function recordInTurns(page: Page, site: TestSite) {
    await addClientMaker(page)
    const options = { token: otherToken, endpoint: site.origin, autoPage: false }
    return page.evaluate(async (it) => {
      const { createClient } = (globalThis as unknown as { npm: { createClient(options: object): Client } })
        .npm
      const other = createClient(it)
      for (const name of ['first', 'second']) {
        for (const client of [other, headwater]) {
          client.track(name)
          await client.flush()
        }
      }
      return { own: await headwater.stored(), other: await other.stored() }
    }, options)
  }
  const eventsBy = (site: TestSite, token: string) =>
    site.byToken.filter(([by, { type }]) => by === token && type === 'track').map(([, event]) => event)

  test('have a queue each', async ({ visitor, site }) => {
    site.answer((_, by) => (by === otherToken ? 503 : 200))
    const page = await see(visitor.page, www(site))
    const { own, other } = await recordInTurns(page, site)
    const waiting = ({ records }: { records: unknown[] }) =>
      records.flatMap((record) => ((record as { json?: string }).json ? [record] : []))
    expect(waiting(own)).toEqual([])
    expect(waiting(other)).toHaveLength(2)
    expect(eventsBy(site, token).map(({ name }) => name)).toEqual(['first', 'second'])
  })

  test.for([['/?utm_source=a'], ['/']])(
    'each record the arrival at %s, and share one session',
    async ([path = ''], { visitor, site }) => {
      const page = await see(visitor.page, www(site, path))
      await recordInTurns(page, site)
      for (const by of [token, otherToken]) {
        const sessions = eventsBy(site, by).map(({ session }) => session)
        expect(sessions).toMatchObject([{ landing_url: www(site, path) }, { landing_url: www(site, path) }])
        expect(sessions[1]?.id).toBe(sessions[0]?.id)
      }
    },
  )
})
