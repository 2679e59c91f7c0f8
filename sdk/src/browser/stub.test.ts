// @vitest-environment happy-dom
/** States what the stub queues until the script has loaded, and what it sends if the visitor leaves before that. */
import type { WireEvent } from '@headwater/contract'
import { type FakeCookies, giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { noon } from '@headwater/testkit/fake-ports'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../core/api.ts'
import type { Call, Stub } from './stub.ts'

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/
let jar: FakeCookies
let beacons: { url: string; body: { v: number; sent_at: string; events: WireEvent[] } }[]
let ending: AbortController

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers({ now: noon })
  goTo('https://www.shop.example/a?utm_source=mail')
  jar = giveCookies()
  beacons = []
  ending = new AbortController()
  const add = window.addEventListener.bind(window)
  // Each test has a stub of its own, which is not notified when the next one's page leaves.
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window))
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) =>
    add(name, listener, { signal: ending.signal }),
  )
  Object.defineProperty(navigator, 'sendBeacon', {
    value: (url: string, body: string) => beacons.push({ url, body: JSON.parse(body) }) > 0,
    configurable: true,
  })
})
afterEach(() => {
  ending.abort()
  window.headwater = undefined
  document.head.innerHTML = ''
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Opens a page with the stub and a tag; the script has not loaded yet. */
async function open(attributes: Record<string, string> = {}) {
  const tag = document.createElement('script')
  const all = { 'data-token': token, 'data-endpoint': 'https://t.example.com', ...attributes }
  for (const [name, value] of Object.entries(all)) if (value !== 'none') tag.setAttribute(name, value)
  tag.type = 'text/plain' // so that it does not run
  document.head.append(tag)
  await import('./stub.ts')
  return window.headwater as unknown as Client & Required<Stub>
}
const leave = () => void window.dispatchEvent(new Event('pagehide'))
const sent = () => beacons.flatMap(({ body }) => body.events)

describe('calls', () => {
  test('are queued in order, each with its own key and time', async () => {
    const hw = await open()
    hw.track('a', { sku: 'A1' })
    vi.advanceTimersByTime(1_500)
    hw.identify('u1')
    const calls = hw.q.map((call: Call) => ({ args: [...call], at: call.at, key: call.key }))
    expect(calls).toEqual([
      { args: ['track', 'a', { sku: 'A1' }], at: noon, key: expect.stringMatching(uuid) },
      { args: ['identify', 'u1'], at: noon + 1_500, key: expect.stringMatching(uuid) },
    ])
    expect(new Set([hw.opening.key, ...hw.q.map(({ key }) => key)]).size).toBe(3)
  })

  test.each<[string, unknown]>([
    ['is missing', undefined],
    ['returns a Date', () => new Date()],
  ])('have keys and times where Date.now %s', async (_, now) => {
    Object.assign(Date, { now })
    const { opening } = await open()
    expect(opening).toEqual({ at: noon, key: expect.stringMatching(uuid) })
  })

  test('have keys that sort by time, like those of the client', async () => {
    const hw = await open()
    vi.advanceTimersByTime(1)
    hw.track('a')
    expect(`${hw.q[0]?.key}` > hw.opening.key).toBe(true)
    expect(Number.parseInt(hw.opening.key.replace('-', '').slice(0, 12), 16)).toBe(noon)
  })

  test('of the same millisecond have keys in the order of the calls', async () => {
    const hw = await open()
    for (let count = 0; count < 300; count++) hw.track('a')
    const keys = [hw.opening.key, ...hw.q.map(({ key }) => `${key}`)]
    expect([...keys].sort()).toEqual(keys)
    for (const key of keys) expect(key).toMatch(uuid)
  })

  test('of every verb that a page needs early can be made', async () => {
    const hw = await open()
    hw.track('a')
    hw.conversion('b')
    hw.page()
    hw.identify('u1')
    hw.reset()
    hw.consent('granted')
    hw.on('dropped', () => {})
    expect(hw.q).toHaveLength(7)
  })

  test('are added to the list that a page has put there itself', async () => {
    const own = { q: [] }
    window.headwater = own
    expect(await open()).toBe(own)
  })
})

describe('when the visitor leaves before the script has loaded', () => {
  test('the page view is sent by beacon, with the time at which the page opened', async () => {
    const hw = await open()
    vi.advanceTimersByTime(2_000)
    leave()
    expect(beacons).toMatchObject([
      {
        url: `https://t.example.com/v1/batch?token=${token}`,
        body: { v: 1, sent_at: '2026-11-20T12:00:02.000Z' },
      },
    ])
    expect(sent()).toEqual([
      {
        type: 'page',
        name: 'page_view',
        idempotency_key: hw.opening.key,
        occurred_at: '2026-11-20T12:00:00.000Z',
        anonymous_id: hw.opening.key,
        url: 'https://www.shop.example/a?utm_source=mail',
        referrer_url: document.referrer,
        props: {},
      },
    ])
  })

  test.each([
    ['https://www.shop.example/a', 'https://www.shop.example/a'],
    ['https://www.shop.example/a#reviews', 'https://www.shop.example/a'],
    ['https://www.shop.example/a#utm_source=x', 'https://www.shop.example/a'],
  ])('the address %s is sent as %s: without its fragment', async (address, expected) => {
    goTo(address)
    await open()
    leave()
    expect(sent()[0]?.url?.replace(/\?$/, '')).toBe(expected)
  })

  test.each<[query: string, kept: string[], secrets: string[]]>([
    ['utm_source=mail&token=t0p&gclid=X1', ['utm_source=mail', 'gclid=X1'], ['t0p', 'token']],
    ['email=ann@example.com&fbclid=F1&wbraid=W1', ['fbclid=F1', 'wbraid=W1'], ['ann', 'email']],
    ['q=1?token=t0p&utm_medium=cpc#token=t0p', ['utm_medium=cpc'], ['t0p']],
    ['token=t0p?utm_source=x', [], ['t0p']],
  ])('of the query %s only the campaign is sent', async (query, kept, secrets) => {
    goTo(`https://www.shop.example/a?${query}`)
    await open()
    leave()
    const { search, hash } = new URL(`${sent()[0]?.url}`)
    const pairs = search.slice(1).split('&').filter(Boolean)
    expect(pairs).toEqual(expect.arrayContaining(kept))
    for (const secret of secrets) expect(search + hash).not.toContain(secret)
  })

  test('the referrer is sent without its query', async () => {
    vi.spyOn(document, 'referrer', 'get').mockReturnValue('https://mail.example/inbox?token=t0p#x')
    await open()
    leave()
    expect(sent()[0]?.referrer_url?.replace(/\?$/, '')).toBe('https://mail.example/inbox')
  })

  test('the calls are sent too, in the wire format', async () => {
    const hw = await open()
    hw.track('add', { sku: 'A1' })
    hw.page('pricing', { variant: 'b' })
    hw.conversion('buy', { id: '1001', revenueCents: 4999, currency: 'EUR', props: { items: 2 } })
    hw.conversion('signup')
    hw.identify('u1', { email: 'ann@example.com' })
    hw.reset()
    hw.on('dropped', () => {})
    leave()
    expect(sent().slice(1)).toMatchObject([
      { type: 'track', name: 'add', props: { sku: 'A1' }, idempotency_key: hw.q[0]?.key },
      { type: 'page', name: 'pricing', props: { variant: 'b' } },
      {
        ...{ type: 'track', name: 'buy', conversion: true, conversion_id: '1001' },
        ...{ revenue_cents: 4999, currency: 'EUR', props: { items: 2 } },
      },
      { type: 'track', name: 'signup', conversion: true },
      { type: 'identify', user_id: 'u1' },
    ])
    expect(sent()).toHaveLength(6)
    expect(JSON.stringify(beacons)).not.toContain('ann@')
  })

  test.each<[string, (hw: Client) => void]>([
    ['null for details', (hw) => hw.conversion('buy', null as never)],
    ['null for properties', (hw) => hw.track('add', null as never)],
    ['an undefined name', (hw) => hw.track(undefined as never)],
  ])('a call with %s loses no other call', async (_, act) => {
    const hw = await open()
    act(hw)
    hw.track('a')
    leave()
    expect(sent().map(({ name }) => name)).toEqual(expect.arrayContaining(['page_view', 'a']))
  })

  test('no page view is sent when autoPage is false', async () => {
    const hw = await open({ 'data-auto-page': 'false' })
    hw.track('a')
    leave()
    expect(sent().map(({ name }) => name)).toEqual(['a'])
  })

  test('everything goes to the site that serves the script, unless an endpoint is given', async () => {
    await open({ 'data-endpoint': 'none', src: 'https://stats.example.com/sdk.js' })
    leave()
    expect(beacons[0]?.url).toBe(`https://stats.example.com/v1/batch?token=${token}`)
  })

  test('a slash at the end of the endpoint is removed, as the client does', async () => {
    await open({ 'data-endpoint': 'https://t.example.com/' })
    leave()
    expect(beacons[0]?.url).toBe(`https://t.example.com/v1/batch?token=${token}`)
  })

  test('beforeunload on a loading page sends too, but only once', async () => {
    await open()
    window.dispatchEvent(new Event('beforeunload'))
    expect(sent()).toMatchObject([{ name: 'page_view' }])
    leave()
    expect(beacons).toHaveLength(1)
  })

  test('a page that stays after all sends everything again, with its later calls', async () => {
    const hw = await open()
    window.dispatchEvent(new Event('beforeunload')) // by a link to a download
    hw.track('later')
    leave()
    expect(beacons.map(({ body }) => body.events.map(({ name }) => name))).toEqual([
      ['page_view'],
      ['page_view', 'later'],
    ])
    expect(new Set(sent().map(({ idempotency_key }) => idempotency_key)).size).toBe(2)
  })

  test('only pagehide sends once the page has loaded', async () => {
    await open()
    window.dispatchEvent(new Event('load'))
    window.dispatchEvent(new Event('beforeunload'))
    expect(beacons).toEqual([])
    leave()
    expect(beacons).toHaveLength(1)
  })

  test('nothing is sent without a tag', async () => {
    await open()
    document.head.innerHTML = ''
    leave()
    expect(beacons).toEqual([])
  })

  test('nothing is sent once the client exists', async () => {
    await open()
    window.headwater = {} as Client // as the script does
    leave()
    expect(beacons).toEqual([])
    expect(jar.all()).toEqual([])
  })

  test('nothing is sent when the page has a list of its own', async () => {
    window.headwater = { q: [] }
    await open()
    leave()
    expect(beacons).toEqual([])
    expect(jar.all()).toEqual([])
  })

  test.each<[string, () => unknown]>([
    ['an element with the id headwater does', () => document.createElement('div')],
    ['several elements named headwater do', () => document.getElementsByTagName('div')],
    ['a frame named headwater does', () => Object.create(EventTarget.prototype)],
  ])('%s not replace the stub', async (_, named) => {
    window.headwater = named() as Client
    const hw = await open()
    hw.track('a')
    leave()
    expect(sent().map(({ name }) => name)).toEqual(['page_view', 'a'])
  })

  test('the tag of another product, which has a data-token too, is not taken for ours', async () => {
    const other = document.createElement('script')
    other.dataset.token = 'other'
    document.head.append(other)
    await open()
    leave()
    expect(beacons[0]?.url).toBe(`https://t.example.com/v1/batch?token=${token}`)
  })

  test('a browser without sendBeacon sends nothing, and throws nothing', async () => {
    Object.defineProperty(navigator, 'sendBeacon', { value: undefined, configurable: true })
    await open()
    expect(leave).not.toThrow()
  })
})

describe('properties', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()

  test.each<[string, unknown]>([
    ['an object that contains itself', circle],
    ['a BigInt', 1n],
    ['a revoked proxy', revoked],
    [
      'a getter that throws',
      {
        get it(): never {
          throw new Error('a bug of the page')
        },
      },
    ],
  ])('with %s are left out, and their event is kept', async (_, bad) => {
    const hw = await open()
    hw.track('first', { sku: 'A1' })
    hw.track('bad', { sku: 'A2', bad })
    hw.conversion('buy', { id: '7', props: { bad } as never })
    leave()
    expect(sent().map(({ name, props, conversion_id }) => [name, props, conversion_id])).toEqual([
      ['page_view', {}, undefined],
      ['first', { sku: 'A1' }, undefined],
      ['bad', undefined, undefined],
      ['buy', undefined, '7'],
    ])
  })

  const prototypes = { Object, Array, String, Number, Boolean, Date }
  const give = (toJSON: (() => string) | undefined) => {
    for (const { prototype } of Object.values(prototypes)) {
      if (toJSON) Object.defineProperty(prototype, 'toJSON', { value: toJSON, configurable: true })
      else Reflect.deleteProperty(prototype, 'toJSON')
    }
  }
  const dateToJson = Date.prototype.toJSON
  afterEach(() => {
    give(undefined)
    Object.defineProperty(Date.prototype, 'toJSON', {
      value: dateToJson,
      configurable: true,
      writable: true,
    })
  })

  test('are sent unchanged even where an old library has added a toJSON to everything', async () => {
    give(function toJSON(this: unknown) {
      return `"${String(this)}"`
    })
    const hw = await open()
    hw.track('a', { list: [1, 'two', [3]], at: new Date(0), text: 'x', yes: true })
    leave()
    expect(sent().map(({ name }) => name)).toEqual(['page_view', 'a'])
    expect(sent()[1]).toMatchObject({
      occurred_at: '2026-11-20T12:00:00.000Z',
      props: { list: [1, 'two', [3]], at: '1970-01-01T00:00:00.000Z', text: 'x', yes: true },
    })
    expect(beacons[0]?.body.sent_at).toBe('2026-11-20T12:00:00.000Z')
  })
})

describe('consent', () => {
  type Said = (hw: Client) => void
  test.each<[string, Record<string, string>, object, Said | undefined, boolean]>([
    ['no consent option', {}, {}, undefined, true],
    ['the tag says granted', { 'data-consent': 'granted' }, {}, undefined, true],
    ['the tag says pending', { 'data-consent': 'pending' }, {}, undefined, false],
    ['the tag says denied', { 'data-consent': 'denied' }, {}, undefined, false],
    ['pending, and then granted', { 'data-consent': 'pending' }, {}, (hw) => hw.consent('granted'), true],
    ['denied by a call', {}, {}, (hw) => hw.consent('denied'), false],
    ['denied, then granted', {}, {}, (hw) => [hw.consent('denied'), hw.consent('granted')], false],
    [
      'denied by the tag, then granted',
      { 'data-consent': 'denied' },
      {},
      (hw) => hw.consent('granted'),
      false,
    ],
    ['granted, then denied', {}, {}, (hw) => [hw.consent('granted'), hw.consent('denied')], false],
    ['Global Privacy Control', {}, { globalPrivacyControl: true }, undefined, false],
    [
      'granted in spite of Global Privacy Control',
      { 'data-consent': 'granted' },
      { globalPrivacyControl: true },
      undefined,
      true,
    ],
    ['Do Not Track', {}, { doNotTrack: '1' }, undefined, true],
    ['Do Not Track, respected', { 'data-respect-dnt': '' }, { doNotTrack: '1' }, undefined, false],
    ['no such signal, where Do Not Track is respected', { 'data-respect-dnt': '' }, {}, undefined, false],
  ])('%s', async (_, attributes, signals, say, isSent) => {
    for (const [name, value] of Object.entries(signals)) {
      Object.defineProperty(navigator, name, { value, configurable: true })
    }
    const hw = await open(attributes)
    say?.(hw)
    leave()
    for (const name of Object.keys(signals)) Reflect.deleteProperty(navigator, name)
    expect(beacons).toHaveLength(isSent ? 1 : 0)
    expect(jar.all()).toHaveLength(isSent ? 1 : 0)
  })
})

describe('the cookie for the next page', () => {
  const minute = 60_000

  test('has the visitor and the session that the collector will assign', async () => {
    const { opening } = await open()
    vi.advanceTimersByTime(1_000)
    leave()
    expect(jar.find('hw_id')).toMatchObject({
      value: `1.${opening.key}.${opening.key}.${noon}.${noon}`,
      maxAge: 34_560_000,
    })
  })

  test('is kept if it exists, and identifies the visitor', async () => {
    jar.set(`hw_id=1.a1.s1.${noon - 20 * minute}.${noon - 10 * minute}`)
    await open()
    leave()
    expect(sent()[0]?.anonymous_id).toBe('a1')
    expect(jar.find('hw_id')?.value).toBe(`1.a1.s1.${noon - 20 * minute}.${noon - 10 * minute}`)
  })

  test('replaces one that we did not write', async () => {
    jar.set('hw_id=garbage')
    const { opening } = await open()
    leave()
    expect(sent()[0]?.anonymous_id).toBe(opening.key)
    expect(jar.find('hw_id')?.value).toMatch(/^1\./)
  })

  test.each(['local', 'memory'])('does not exist with persistence %s', async (persistence) => {
    const { opening } = await open({ 'data-persistence': persistence })
    leave()
    expect(sent()[0]?.anonymous_id).toBe(opening.key)
    expect(jar.all()).toEqual([])
  })

  test('is used with persistence cookie too', async () => {
    jar.set(`hw_id=1.a1.s1.${noon - 20 * minute}.${noon - 10 * minute}`)
    await open({ 'data-persistence': 'cookie' })
    leave()
    expect(sent()[0]?.anonymous_id).toBe('a1')
  })

  test('is no condition: a sandboxed frame, which has none, sends too', async () => {
    const forbid = () => {
      throw new DOMException('The document is sandboxed.', 'SecurityError')
    }
    const { opening } = await open()
    vi.spyOn(document, 'cookie', 'get').mockImplementation(forbid)
    leave()
    expect(sent()[0]?.anonymous_id).toBe(opening.key)
  })

  test('is not set before the visitor leaves', async () => {
    await open()
    expect(jar.all()).toEqual([])
  })
})
