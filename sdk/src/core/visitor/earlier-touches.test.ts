/** States which touches a device remembers, and which events they are sent with. */
import { limits, type WireTouch } from '@headwater/contract'
import { openPage } from '@headwater/testkit/fake-page'
import { createFakeLifecycle, noon } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { VisitorSession } from '../records.ts'
import { withTouch } from './earlier-touches.ts'

const shop = 'https://shop.example/'

/** A session that began this way, by default directly; its id contains its minute. */
function session(minute: number, how: Partial<VisitorSession> = {}): VisitorSession {
  const startedAt = noon + minute * 60_000
  return { id: `s${minute}`, startedAt, landingUrl: shop, ...how }
}
const byMail = (minute: number) => session(minute, { landingUrl: `${shop}?utm_source=mail${minute}` })
const remember = (...sessions: VisitorSession[]) =>
  sessions.reduce<WireTouch[]>((touches, each) => withTouch(touches, each), [])
const ids = (touches: WireTouch[]) => touches.map(({ session_id }) => session_id)

describe('the list of earlier touches', () => {
  test('holds when, where and from where each session began', () => {
    const landingUrl = `${shop}?utm_source=news`
    const how = { referrerUrl: 'https://news.example/', landingUrl }
    expect(withTouch(undefined, session(1, how))).toEqual([
      {
        session_id: 's1',
        occurred_at: '2026-11-20T12:01:00.000Z',
        url: landingUrl,
        referrer_url: 'https://news.example/',
      },
    ])
  })

  test.each<[string, VisitorSession[], string[]]>([
    ['the first is remembered, even a direct one', [session(1)], ['s1']],
    ['a later direct one is not', [byMail(1), session(2)], ['s1']],
    ['a later one with a campaign is', [session(1), byMail(2)], ['s1', 's2']],
    [
      'a later one with a click id is',
      [session(1), session(2, { landingUrl: `${shop}?gclid=X` })],
      ['s1', 's2'],
    ],
    [
      'a later one from another site is',
      [session(1), session(2, { referrerUrl: 'https://news.example/a' })],
      ['s1', 's2'],
    ],
    [
      'a later one from the site itself is direct',
      [byMail(1), session(2, { referrerUrl: `${shop}b` })],
      ['s1'],
    ],
    [
      'one from a site whose name only begins the same is not direct',
      [byMail(1), session(2, { referrerUrl: 'https://shop.examples/' })],
      ['s1', 's2'],
    ],
    [
      'one from the site itself with a campaign is not direct',
      [byMail(1), session(2, { referrerUrl: `${shop}b`, landingUrl: `${shop}?utm_source=banner` })],
      ['s1', 's2'],
    ],
    ['one session is remembered once', [byMail(1), byMail(1)], ['s1']],
    [
      'the same campaign in another session is another touch',
      [byMail(1), { ...byMail(1), id: 's2' }],
      ['s1', 's2'],
    ],
    [
      'a session that began on another subdomain is not remembered here',
      [byMail(1), session(2, { landingUrl: undefined })],
      ['s1'],
    ],
    ['not even as the first', [session(1, { landingUrl: undefined }), byMail(2)], ['s2']],
  ])('%s', (_, sessions, expected) => {
    expect(ids(remember(...sessions))).toEqual(expected)
  })

  test(`keeps ${limits.touches}: the first permanently, and the newest`, () => {
    const touches = remember(...Array.from({ length: 30 }, (_, index) => byMail(index + 1)))
    const newest = Array.from({ length: 19 }, (_, index) => `s${index + 12}`)
    expect(ids(touches)).toEqual(['s1', ...newest])
  })

  test('is a new list after each change', () => {
    const touches = remember(byMail(1))
    withTouch(touches, byMail(2))
    expect(ids(touches)).toEqual(['s1'])
  })
})

describe('touches are sent', () => {
  /** How many touches each event has, after an arrival by mail. */
  async function sentWith(act: (page: ReturnType<typeof openPage>) => void) {
    const lifecycle = createFakeLifecycle()
    lifecycle.here = { url: `${shop}?utm_source=mail` }
    const page = openPage({}, { lifecycle })
    act(page)
    await page.client.flush()
    return page.events().map(({ name, type, touches }) => [name ?? type, touches?.length])
  }

  test.each<[string, (page: ReturnType<typeof openPage>) => void, [string, number | undefined][]]>([
    ['with a conversion', ({ client }) => client.conversion('buy'), [['buy', 1]]],
    [
      'with each one',
      ({ client }) => [client.conversion('a'), client.conversion('b')],
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['with the first identify', ({ client }) => client.identify('u1'), [['identify', 1]]],
    [
      'but not with an identify that only adds an e-mail',
      ({ client }) => [client.identify('u1'), client.identify('u1', { email: 'ann@example.com' })],
      [
        ['identify', 1],
        ['identify', undefined],
      ],
    ],
    [
      'but with one that names another user, without the touches of the first one',
      ({ client }) => [client.identify('u1'), client.identify('u2')],
      [
        ['identify', 1],
        ['identify', 1],
      ],
    ],
    [
      'not with pages and other events',
      ({ client }) => [client.page(), client.track('a')],
      [
        ['page_view', undefined],
        ['a', undefined],
      ],
    ],
    [
      'never with the next visitor',
      ({ client }) => [client.conversion('a'), client.reset(), client.conversion('b')],
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
  ])('%s', async (_, act, expected) => {
    expect(await sentWith(act)).toEqual(expected)
  })

  test('as they were at the time of the event', async () => {
    const page = openPage()
    page.lifecycle.here = { url: `${shop}?utm_source=mail` }
    page.client.page()
    page.client.conversion('before')
    page.lifecycle.here = { url: `${shop}?utm_source=ad` }
    page.client.page()
    page.client.conversion('after')
    await page.client.flush()
    const sources = page.events().map(({ name, touches }) => [name, touches?.map(({ url }) => url)])
    expect(sources).toContainEqual(['before', [`${shop}?utm_source=mail`]])
    expect(sources).toContainEqual(['after', [`${shop}?utm_source=mail`, `${shop}?utm_source=ad`]])
  })

  test('by later pages too, which keep the first touch', async () => {
    const first = openPage()
    first.lifecycle.here = { url: `${shop}?utm_source=mail` }
    first.client.page()
    await first.client.flush()
    await first.clock.advance(40 * 60_000)
    const second = openPage({}, first.device)
    second.lifecycle.here = { url: shop, referrer: 'https://news.example/' }
    second.client.conversion('buy')
    await second.client.flush()
    expect(second.events()[0]?.touches).toMatchObject([
      { url: `${shop}?utm_source=mail`, occurred_at: '2026-11-20T12:00:00.000Z' },
      { referrer_url: 'https://news.example/', occurred_at: '2026-11-20T12:40:00.000Z' },
    ])
  })

  test.each(['https://shop.example', 'https://shop.example:8443', 'http://shop.example'])(
    'without one for a referrer that only passes visitors on to %s',
    async (site) => {
      const options = { ignoredReferrers: ['pay.example.com'] }
      const page = openPage(options)
      page.lifecycle.here = { url: `${site}/?utm_source=mail` }
      page.client.page()
      await page.client.flush()
      await page.clock.advance(40 * 60_000)
      const back = openPage(options, page.device)
      back.lifecycle.here = { url: `${site}/thanks`, referrer: 'https://pay.example.com/' }
      back.client.conversion('buy')
      await back.client.flush()
      expect(back.events()[0]?.touches).toHaveLength(1)
    },
  )
})
