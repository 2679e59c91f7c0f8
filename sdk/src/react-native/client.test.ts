/** States what a client does in an app: how it is opened and left, its screens, links and sessions. */
import type { WireEvent } from '@headwater/contract'
import {
  createFakeNative,
  createFakeNetwork,
  createFakeStore,
  type FakeNative,
  startApp,
} from '@headwater/testkit/fake-app'
import { noon, settled } from '@headwater/testkit/fake-ports'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NavigationRef, Route } from './navigation.ts'
import type { AppOptions } from './options.ts'

const minute = 60_000
let network = createFakeNetwork()

beforeEach(() => {
  network = createFakeNetwork()
  vi.useFakeTimers({ now: noon, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  vi.stubGlobal('fetch', network.fetch)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const app = { id: 'com.example.shop', version: '2.1.0', build: '34' }

/** One start of the app on a phone; `restart` ends the process and starts it again. */
function open({
  store = createFakeStore(),
  native = createFakeNative(),
  ...options
}: Partial<AppOptions> & { store?: ReturnType<typeof createFakeStore>; native?: FakeNative } = {}) {
  const client = startApp(store, { app, ...options }, native)
  return { client, native, store }
}

/** What has arrived after a flush: type and name of each event, in order of their numbers in the stream. */
async function sentBy({ client }: ReturnType<typeof open>): Promise<string[]> {
  await client.flush()
  return inOrder().map(({ type, name }) => `${type} ${name}`)
}

const inOrder = (): WireEvent[] =>
  [...network.events()].sort(
    (a, b) => `${a.stream}`.localeCompare(`${b.stream}`) || (a.seq ?? 0) - (b.seq ?? 0),
  )
const named = (name: string) => network.events().filter((event) => event.name === name)
const sessionsOf = (events: WireEvent[]) => new Set(events.map(({ session }) => session?.id)).size

describe('app events', () => {
  test('the first start records an installation and an opening, before what the app recorded meanwhile', async () => {
    const phone = open()
    phone.client.track('early')
    expect(await sentBy(phone)).toEqual(['track app_installed', 'track app_opened', 'track early'])
    expect(named('app_opened')[0]?.props).toEqual({ version: '2.1.0', build: '34', from_background: false })
    expect(sessionsOf(network.events())).toBe(1)
  })

  test('the next start records an opening only', async () => {
    const { store, client } = open()
    await client.flush()
    network.batches.length = 0
    expect(await sentBy(open({ store }))).toEqual(['track app_opened'])
  })

  test('another version records an update, once', async () => {
    const { store, client } = open()
    await client.flush()
    const newer = { ...app, version: '2.2.0', build: '35' }
    await open({ store, app: newer }).client.flush()
    await open({ store, app: newer }).client.flush()
    expect(named('app_updated').map(({ props }) => props)).toEqual([
      { version: '2.2.0', build: '35', previous_version: '2.1.0', previous_build: '34' },
    ])
    expect(named('app_installed')).toHaveLength(1)
  })

  test('an app killed before its first flush was installed once', async () => {
    network.cut()
    const { store, client } = open()
    await client.flush()
    network.restore()
    await open({ store }).client.flush()
    expect(named('app_installed')).toHaveLength(1)
    expect(named('app_opened')).toHaveLength(2)
  })

  test.each([
    ['active → inactive → background', ['inactive', 'background']],
    ['active → background', ['background']],
    ['active → background → background', ['background', 'background']],
    [
      'active → inactive → background → inactive → background',
      ['inactive', 'background', 'inactive', 'background'],
    ],
  ])('%s is one background event', async (_, states) => {
    const phone = open()
    await phone.client.flush()
    phone.native.become(...states)
    await phone.client.flush()
    expect(named('app_backgrounded')).toHaveLength(1)
  })

  test('active → inactive → active, as a call does, records nothing', async () => {
    const phone = open()
    await phone.client.flush()
    network.batches.length = 0
    phone.native.become('inactive', 'active')
    expect(await sentBy(phone)).toEqual([])
  })

  test('each return from the background is an opening', async () => {
    const phone = open()
    phone.native.become('inactive', 'background', 'inactive', 'active', 'background', 'active')
    await phone.client.flush()
    expect(named('app_opened').map(({ props }) => props?.from_background)).toEqual([false, true, true])
    expect(named('app_backgrounded')).toHaveLength(2)
  })

  test('an app that the system starts in the background is opened when the visitor sees it', async () => {
    const phone = open({ native: createFakeNative({ state: 'background' }) })
    phone.client.track('silent_push')
    expect(await sentBy(phone)).toEqual(['track silent_push'])
    phone.native.become('active')
    await settled()
    await phone.client.flush()
    expect(named('app_opened').map(({ props }) => props?.from_background)).toEqual([false])
    expect(named('app_installed')).toHaveLength(1)
  })

  test('with appEvents: false nothing is recorded automatically', async () => {
    const phone = open({ appEvents: false })
    phone.native.become('background', 'active')
    phone.client.track('own')
    expect(await sentBy(phone)).toEqual(['track own'])
  })

  test('an app that goes to the background sends at once, with the background event', async () => {
    const phone = open()
    await phone.client.flush()
    network.batches.length = 0
    phone.client.track('last')
    phone.native.become('inactive', 'background')
    await settled()
    expect(network.events().map(({ name }) => name)).toEqual(['last', 'app_backgrounded'])
  })
})

describe('screens', () => {
  test('a screen has an address in the app, and later events have it too', async () => {
    const phone = open()
    phone.client.screen('Product', { sku: 'A1' })
    phone.client.track('add_to_cart')
    await phone.client.flush()
    expect(named('Product')[0]).toMatchObject({
      type: 'screen',
      props: { sku: 'A1' },
      url: 'app://com.example.shop/Product',
    })
    expect(named('add_to_cart')[0]?.url).toBe('app://com.example.shop/Product')
    expect(named('app_opened')[0]?.url).toBe('app://com.example.shop/')
  })

  /** A navigation container that shows one route after another. */
  function createNavigation() {
    const listeners = new Map<string, () => void>()
    let route: Route | undefined
    const ref: NavigationRef = {
      isReady: () => route !== undefined,
      getCurrentRoute: () => route,
      addListener(type: string, listener: () => void) {
        listeners.set(type, listener)
        return () => void listeners.delete(type)
      },
    }
    return {
      ref,
      listeners,
      go(next: Route) {
        const event = route ? 'state' : 'ready'
        route = next
        listeners.get(event)?.()
      },
    }
  }

  test('React Navigation reports each screen once, from the first one on', async () => {
    const phone = open({ appEvents: false })
    const navigation = createNavigation()
    const undo = phone.client.trackNavigation(navigation.ref)
    navigation.go({ key: 'Home-1', name: 'Home' })
    navigation.go({ key: 'Home-1', name: 'Home', params: { tab: 2 } })
    navigation.go({ key: 'Product-1', name: 'Product', params: { email: 'a@example.com' } })
    navigation.go({ key: 'Product-2', name: 'Product' })
    navigation.go({ key: 'Home-1', name: 'Home' })
    undo()
    navigation.go({ key: 'Cart-1', name: 'Cart' })
    expect(await sentBy(phone)).toEqual(
      ['Home', 'Product', 'Product', 'Home'].map((name) => `screen ${name}`),
    )
    expect(named('Product')[0]?.props).toBeUndefined()
    expect(navigation.listeners.size).toBe(0)
  })

  test('a container that is ready already shows its screen at once; `describe` names it', async () => {
    const phone = open({ appEvents: false })
    const navigation = createNavigation()
    navigation.go({ name: 'Product', params: { sku: 'A1' } })
    phone.client.trackNavigation(navigation.ref, ({ name, params }) =>
      name === 'Secret' ? undefined : { name: name.toLowerCase(), props: { ...params } },
    )
    navigation.go({ name: 'Secret' })
    expect(await sentBy(phone)).toEqual(['screen product'])
    expect(network.events()[0]?.props).toEqual({ sku: 'A1' })
  })
})

describe('links', () => {
  const link = 'https://shop.example/p/1?utm_source=news&gclid=Abc&token=secret'
  const kept = 'https://shop.example/p/1?utm_source=news&gclid=Abc'

  test('a cold link opens the session of everything that the app records, and is cleaned', async () => {
    const phone = open({ native: createFakeNative({ link }) })
    phone.client.screen('Product')
    expect(await sentBy(phone)).toEqual([
      'page link_opened',
      'track app_installed',
      'track app_opened',
      'screen Product',
    ])
    expect(named('link_opened')[0]?.url).toBe(kept)
    expect(network.events().map(({ session }) => session?.landing_url)).toEqual([kept, kept, kept, kept])
    expect(named('app_opened')[0]?.url).toBe('app://com.example.shop/')
  })

  test('a warm link with another campaign starts a session', async () => {
    const phone = open()
    await phone.client.flush()
    phone.native.become('background')
    phone.native.follow(link)
    phone.native.become('active')
    phone.client.track('after')
    await phone.client.flush()
    expect(named('after')[0]?.session?.landing_url).toBe(kept)
    expect(sessionsOf(network.events())).toBe(2)
  })

  test('a custom scheme is a link too', async () => {
    const phone = open({
      native: createFakeNative({ link: 'shop://product/1?fbclid=Xyz' }),
      appEvents: false,
    })
    await phone.client.flush()
    expect(network.events()[0]).toMatchObject({ url: 'shop://product/1?fbclid=Xyz' })
  })

  test('the link that started the app counts once when the system reports it in both ways', async () => {
    const phone = open({ native: createFakeNative({ link }), appEvents: false })
    phone.native.follow(link)
    await phone.client.flush()
    phone.native.follow(link)
    phone.client.openLink(link)
    expect(await sentBy(phone)).toEqual(['page link_opened'])
  })

  test('the same link followed again later counts again', async () => {
    const phone = open({ appEvents: false })
    phone.native.follow(link)
    await phone.client.flush()
    vi.advanceTimersByTime(5_000)
    phone.native.follow(link)
    expect(await sentBy(phone)).toEqual(['page link_opened', 'page link_opened'])
    expect(sessionsOf(network.events())).toBe(1)
  })

  test('a system that does not say what opened the app delays it by two seconds', async () => {
    const native = createFakeNative()
    native.linking.getInitialURL = () => new Promise(() => {})
    const phone = open({ native })
    phone.client.track('early')
    await settled()
    expect(await phone.client.stored()).toMatchObject({ records: [] })
    vi.advanceTimersByTime(2_000)
    expect(await sentBy(phone)).toEqual(['track app_installed', 'track app_opened', 'track early'])
    expect(named('early')[0]?.occurred_at).toBe(new Date(noon).toISOString())
  })

  test('a link that comes later than that is recorded then', async () => {
    let answer = (_link: string) => {}
    const native = createFakeNative()
    native.linking.getInitialURL = () => new Promise((resolve) => (answer = resolve))
    const phone = open({ native, appEvents: false })
    vi.advanceTimersByTime(2_000)
    phone.client.track('early')
    answer(link)
    await settled()
    expect(await sentBy(phone)).toEqual(['track early', 'page link_opened'])
  })

  test('a system that fails to say it delays nothing', async () => {
    const native = createFakeNative()
    native.linking.getInitialURL = () => Promise.reject(new Error('no activity'))
    expect(await sentBy(open({ native, appEvents: false }))).toEqual([])
  })

  test('an app that is left before that keeps its order', async () => {
    const native = createFakeNative()
    native.linking.getInitialURL = () => new Promise(() => {})
    const phone = open({ native })
    await settled()
    phone.client.track('early')
    native.become('background')
    expect(await sentBy(phone)).toEqual([
      'track app_installed',
      'track app_opened',
      'track early',
      'track app_backgrounded',
    ])
  })

  test('with links: false only openLink records them', async () => {
    const phone = open({ native: createFakeNative({ link }), links: false, appEvents: false })
    phone.native.follow(link)
    phone.client.openLink('https://shop.example/from-push')
    expect(await sentBy(phone)).toEqual(['page link_opened'])
    expect(network.events()[0]?.url).toBe('https://shop.example/from-push')
  })
})

describe('the install referrer', () => {
  test('is a touch, once per installation, and opens no session', async () => {
    const phone = open()
    phone.client.installReferrer('utm_source=google-play&utm_medium=cpc&gclid=Abc')
    phone.client.installReferrer('utm_source=google-play&utm_medium=cpc&gclid=Abc')
    await phone.client.flush()
    const next = open({ store: phone.store })
    next.client.installReferrer('utm_source=google-play&utm_medium=cpc&gclid=Abc')
    await next.client.flush()
    expect(named('app_install')).toMatchObject([
      { type: 'touch', url: 'app://com.example.shop/?utm_source=google-play&utm_medium=cpc&gclid=Abc' },
    ])
    expect(sessionsOf(network.events())).toBe(1)
  })

  test.each(['(not set)', 'utm_source=(not%20set)&utm_medium=(not%20set)', '', 'unknown', undefined, 7])(
    '%j is none, and does not use up the one that counts',
    async (referrer) => {
      const phone = open({ appEvents: false })
      phone.client.installReferrer(referrer as string)
      phone.client.installReferrer('utm_source=google-play')
      expect(await sentBy(phone)).toEqual(['touch app_install'])
    },
  )
})

describe('the hand-off from the website', () => {
  const at = () => Date.now().toString(36)
  const web = '1.0199web0-aaaa-7000-8000-000000000001.0199ses0-aaaa-7000-8000-000000000001'
  const startedAt = noon - 3 * minute
  const link = () => `https://app.shop.example/p/1?hw_link=${web}.${startedAt}.${noon - 1_000}.${at()}.x1y2z3`
  const handOff = ['app.shop.example']

  test('a decorated link opens the app as the same visitor in the same session', async () => {
    const phone = open({ native: createFakeNative({ link: link() }), handOff })
    await phone.client.flush()
    const [, anonymousId, sessionId] = web.split('.')
    for (const event of network.events()) {
      expect(event.anonymous_id).toBe(anonymousId)
      expect(event.session).toMatchObject({ id: sessionId, started_at: new Date(startedAt).toISOString() })
    }
    expect(named('link_opened')[0]?.url).toBe('https://app.shop.example/p/1')
    expect(phone.client.anonymousId()).toBe(anonymousId)
  })

  test('a user who has signed in stays signed in', async () => {
    const phone = open({ appEvents: false, handOff })
    phone.client.identify('u1')
    await phone.client.flush()
    vi.advanceTimersByTime(1_000)
    phone.native.follow(link())
    phone.client.track('after')
    await phone.client.flush()
    expect(named('after')[0]).toMatchObject({ anonymous_id: web.split('.')[1], user_id: 'u1' })
  })

  test.each([
    ['of a host that is not listed', { handOff: ['shop.example'] }],
    ['where none is listed', {}],
    ['after a refusal', { handOff, consent: 'denied' as const }],
  ])('a link %s changes no visitor', async (_, options) => {
    const phone = open({ native: createFakeNative({ link: link() }), ...options })
    await phone.client.flush()
    phone.client.consent('granted')
    phone.client.track('after')
    await phone.client.flush()
    expect(named('after')[0]?.anonymous_id).not.toBe(web.split('.')[1])
  })
})

describe('sessions', () => {
  test.each([
    ['five minutes', {}, 5 * minute, 1],
    ['longer than five minutes', {}, 5 * minute + 1, 2],
    ['longer, where the app allows it', { sessionIdleMs: 30 * minute }, 30 * minute, 1],
  ])('silence of %s', async (_, options, ms, expected) => {
    const phone = open({ appEvents: false, ...options })
    phone.client.track('before')
    await phone.client.flush()
    vi.advanceTimersByTime(ms)
    phone.client.track('after')
    await phone.client.flush()
    expect(sessionsOf(network.events())).toBe(expected)
  })

  test('a session continues over a restart', async () => {
    const { store, client } = open()
    await client.flush()
    vi.advanceTimersByTime(minute)
    await open({ store }).client.flush()
    expect(sessionsOf(network.events())).toBe(1)
    expect(new Set(network.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
  })
})

describe('calls before it is known what opened the app', () => {
  test('keep their arguments and their order', async () => {
    const phone = open({ appEvents: false })
    const props = { sku: 'A1' }
    phone.client.track('first', props)
    props.sku = 'changed'
    phone.client.reset()
    phone.client.conversion('purchase', { id: 7, revenueCents: 100, currency: 'EUR' })
    phone.client.identify('u1', { email: 'A@Example.com ' })
    phone.client.page('terms')
    expect(await sentBy(phone)).toEqual(['track first', 'track purchase', 'identify undefined', 'page terms'])
    const [first, purchase, identify] = inOrder()
    expect(first?.props).toEqual({ sku: 'A1' })
    expect(purchase).toMatchObject({ conversion_id: '7', revenue_cents: 100 })
    expect(first?.anonymous_id).not.toBe(purchase?.anonymous_id)
    expect(identify?.identities?.[0]?.value).toMatch(/^[0-9a-f]{64}$/)
  })

  test('are counted when a part has no JSON', async () => {
    const phone = open({ appEvents: false })
    const dropped: string[] = []
    phone.client.on('dropped', ({ reason }) => dropped.push(reason))
    phone.client.track('first', { run: () => {}, sku: 'A1' })
    await phone.client.flush()
    expect(dropped).toEqual(['invalid_value'])
    expect(network.events()[0]?.props).toEqual({ sku: 'A1' })
  })

  test('are sent by shutdown', async () => {
    const phone = open({ appEvents: false })
    phone.client.track('first')
    await phone.client.shutdown()
    expect(network.events().map(({ name }) => name)).toEqual(['first'])
    expect(phone.native.listeners()).toBe(0)
  })
})

describe('consent', () => {
  test('a refusal stores and sends nothing', async () => {
    const phone = open({ consent: 'denied' })
    phone.client.track('one')
    phone.native.become('background')
    await phone.client.flush()
    expect([...phone.store.texts.keys(), ...network.batches]).toEqual([])
  })

  test('an answer that is given later sends what has happened meanwhile', async () => {
    const phone = open({ consent: 'pending' })
    phone.client.track('one')
    await phone.client.flush()
    expect([...phone.store.texts.keys(), ...network.batches]).toEqual([])
    phone.client.consent('granted')
    expect(await sentBy(phone)).toEqual(['track app_installed', 'track app_opened', 'track one'])
  })

  test('forget deletes everything of the SDK and nothing of the app', async () => {
    const phone = open()
    phone.store.texts.set('theirs', 'kept')
    await phone.client.flush()
    await phone.client.forget()
    expect([...phone.store.texts]).toEqual([['theirs', 'kept']])
  })
})

describe('notices', () => {
  test('storage that refuses to write is reported once, and nothing is lost', async () => {
    const phone = open()
    const errors: string[] = []
    phone.client.on('error', ({ code, message }) => errors.push(`${code}: ${message}`))
    phone.store.refuseWrites(new Error('disk is full'))
    phone.client.track('one')
    phone.client.track('two')
    expect(await sentBy(phone)).toEqual(['track app_installed', 'track app_opened', 'track one', 'track two'])
    expect(errors).toEqual([expect.stringMatching(/^storage_failed: .*disk is full/)])
  })
})

test('two clients of one website, as after a fast refresh, share one visitor and deliver every event once', async () => {
  const store = createFakeStore()
  const shared = { ...store }
  const [one, two] = [0, 1].map(() => startApp(store, { storage: shared, appEvents: false }))
  one?.track('one')
  two?.track('two')
  await Promise.all([one?.flush(), two?.flush()])
  await one?.flush()
  expect(
    network
      .events()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['one', 'two'])
  expect(new Set(network.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
})

describe('an option that cannot work', () => {
  test.each<[Partial<Record<keyof AppOptions, unknown>>, string]>([
    [
      { storage: {} },
      'createClient: `storage` must be a storage in the shape of AsyncStorage, got [object Object].',
    ],
    [
      { storage: undefined },
      'createClient: `storage` must be a storage in the shape of AsyncStorage, got undefined.',
    ],
    [{ sessionIdleMs: -1 }, 'createClient: `sessionIdleMs` must be a number of ms above 0, got -1.'],
    [{ handOff: 'shop.example' }, "createClient: `handOff` must be a list of hosts, got 'shop.example'."],
    [{ token: 'hw_sec_x' }, 'createClient: `token` must be a public token'],
  ])('%j is refused', (options, message) => {
    expect(() => startApp(createFakeStore(), options as Partial<AppOptions>)).toThrow(message)
  })
})
