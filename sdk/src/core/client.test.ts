/** States what each verb of a client does, as the collector and the listeners see it. */
import {
  createFakeLifecycle,
  createFakePorts,
  type FakePorts,
  problem,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, expectTypeOf, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import type { Client } from './api.ts'
import { createCoreClient } from './client.ts'
import type { Notices } from './notices.ts'
import { readOptions } from './options.ts'

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'
const endpoint = 'https://t.example.com'

function start(options: { autoPage?: boolean } = {}, own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const client = createCoreClient(readOptions({ token, endpoint, autoPage: false, ...options }), ports)
  const said: { [Name in keyof Notices]: Notices[Name][] } = { delivered: [], dropped: [], error: [] }
  client.on('delivered', (notice) => said.delivered.push(notice))
  client.on('dropped', (notice) => said.dropped.push(notice))
  client.on('error', (notice) => said.error.push(notice))
  const events = () => ports.transport.requests.flatMap(({ batch }) => batch.events)
  return { ...ports, client, said, events }
}

describe('a batch', () => {
  test('goes to the endpoint with its token and says when, by whom and on which device', async () => {
    const { client, clock, transport } = start()
    await settled()
    client.track('a')
    await clock.advance(5_000)
    expect(transport.requests).toHaveLength(1)
    expect(transport.requests[0]).toMatchObject({
      url: `${endpoint}/v1/batch?token=${token}`,
      batch: {
        v: 1,
        sent_at: '2026-11-20T12:00:05.000Z',
        sdk: { name: 'headwater-js', version: manifest.version },
        context: { locale: 'en-GB', timezone: 'Europe/London', screen: { width: 390, height: 844 } },
      },
    })
    expect(transport.requests[0]?.batch).not.toHaveProperty('dropped')
  })

  test('carries the time of its own attempt, and the same events, when it is sent again', async () => {
    const { client, clock, transport } = start()
    transport.replyWith({ status: 503 })
    client.track('a')
    await clock.advance(6_000)
    const [first, second] = transport.requests.map(({ batch }) => batch)
    expect(second?.events).toEqual(first?.events)
    expect(Date.parse(`${second?.sent_at}`) - Date.parse(`${first?.sent_at}`)).toBe(1_000)
  })
})

describe('verbs', () => {
  test('track sends name and properties, with the visitor, the visit and the place', async () => {
    const { client, events } = start()
    client.track('add_to_cart', { sku: 'A1' })
    await client.flush()
    const [event] = events()
    expect(event).toMatchObject({
      type: 'track',
      name: 'add_to_cart',
      props: { sku: 'A1' },
      seq: 1,
      url: 'https://shop.example/',
      title: 'Shop',
      session: { id: event?.idempotency_key, landing_url: 'https://shop.example/' },
    })
    expect(event?.anonymous_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(event).not.toHaveProperty('user_id')
  })

  test('page is named page_view unless it is named', async () => {
    const { client, events } = start()
    client.page()
    client.page('pricing', { variant: 'b' })
    await client.flush()
    expect(events()).toMatchObject([
      { type: 'page', name: 'page_view' },
      { type: 'page', name: 'pricing', props: { variant: 'b' } },
    ])
  })

  test('conversion sends its worth in minor units and its order number', async () => {
    const { client, events } = start()
    client.conversion('purchase', { id: '1001', revenueCents: 4999, currency: 'EUR', props: { items: 2 } })
    client.conversion('signup')
    await client.flush()
    const [purchase, signup] = events()
    expect(purchase).toMatchObject({
      type: 'track',
      name: 'purchase',
      conversion: true,
      conversion_id: '1001',
      revenue_cents: 4999,
      currency: 'EUR',
      props: { items: 2 },
    })
    expect(signup).toMatchObject({ name: 'signup', conversion: true })
    expect(signup).not.toHaveProperty('revenue_cents')
  })

  test('identify sends the id and the hashed e-mail, and names the visitor in what follows', async () => {
    const { client, events, transport } = start()
    client.identify('user_42', { email: ' Ann@Example.com' })
    client.track('a')
    await client.flush()
    expect(events()).toMatchObject([
      {
        type: 'identify',
        user_id: 'user_42',
        identities: [{ type: 'email_hash', value: 'sha256(ann@example.com)' }],
      },
      { name: 'a', user_id: 'user_42' },
    ])
    expect(JSON.stringify(transport.requests)).not.toContain('Ann@')
  })

  test('where nothing can be hashed, identify goes without the e-mail, and says so', async () => {
    const { client, events, said, ids } = start()
    ids.canHash = false
    client.identify('user_42', { email: 'ann@example.com' })
    await client.flush()
    expect(events()[0]).not.toHaveProperty('identities')
    expect(said.dropped).toEqual([{ reason: 'email_not_hashed', count: 1 }])
  })

  test.each([undefined, null, '', '  '])(
    'an e-mail of %j is none: all who have none would become one person',
    async (email) => {
      const { client, events, said } = start()
      client.identify('user_42', { email: email as string })
      await client.flush()
      expect(events()[0]).not.toHaveProperty('identities')
      expect(said.dropped).toEqual([])
    },
  )

  test('a hash that fails costs the e-mail, and not the event', async () => {
    const { client, events, ids } = start()
    ids.sha256 = () => Promise.reject(new Error('no'))
    client.identify('user_42', { email: 'ann@example.com' })
    await client.flush()
    expect(events()).toMatchObject([{ type: 'identify', user_id: 'user_42' }])
  })

  test('an id that is none is dropped and said, and the visitor stays who they were', async () => {
    const { client, events, said, transport } = start()
    client.identify('null', { email: 'ann@example.com' })
    client.identify(undefined as unknown as string)
    client.track('a')
    await client.flush()
    expect(events()).toHaveLength(1)
    expect(events()[0]).toMatchObject({ name: 'a', seq: 1 })
    expect(said.dropped).toEqual([
      { reason: 'illegal_id', count: 1 },
      { reason: 'illegal_id', count: 1 },
    ])
    expect(said.error).toMatchObject([
      { code: 'illegal_id', message: expect.stringContaining("'null'") },
      { code: 'illegal_id', message: expect.stringContaining('undefined') },
    ])
    expect(transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 2 })
  })

  test('reset makes another visitor in another session', async () => {
    const { client, events } = start()
    client.identify('user_42')
    client.reset()
    client.track('a')
    await client.flush()
    const [before, after] = events()
    expect(after?.anonymous_id).not.toBe(before?.anonymous_id)
    expect(after?.session?.id).not.toBe(before?.session?.id)
    expect(after).not.toHaveProperty('user_id')
  })

  test('verbs never throw, whatever they are given', async () => {
    const { client, said, events } = start()
    const verbs = client as unknown as Record<string, (...args: unknown[]) => unknown>
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const thrower = {
      toJSON() {
        throw Object.create(null)
      },
    }
    for (const value of [null, 0, '', [], Symbol('s'), 1n, cycle, Object.create(null), () => 1, thrower]) {
      for (const verb of ['track', 'page', 'conversion', 'identify', 'setToken']) {
        verbs[verb]?.(value)
        verbs[verb]?.('name', value)
      }
    }
    for (const email of [null, 0, Object.create(null)]) verbs.identify?.('u1', { email })
    expect(said.dropped.map(({ reason }) => reason)).toContain('invalid_event')
    client.track('after all')
    await client.flush()
    expect(events().at(-1)?.name).toBe('after all')
  })
})

describe('page views', () => {
  test('are recorded by themselves, the first one at once', async () => {
    const { client, lifecycle, events } = start({ autoPage: true })
    client.track('early')
    lifecycle.here = { url: 'https://shop.example/cart' }
    lifecycle.arrive()
    await client.flush()
    expect(events()).toMatchObject([
      { type: 'page', url: 'https://shop.example/' },
      { name: 'early' },
      { type: 'page', url: 'https://shop.example/cart' },
    ])
  })

  describe('of an address that changes before its title', () => {
    /** The visitor comes to /cart while the title is still that of the page before. */
    function comeToCart() {
      const { client, lifecycle, ...rest } = start({ autoPage: true })
      let tell = () => {}
      const titled = new Promise<void>((resolve) => {
        tell = resolve
      })
      lifecycle.here = { url: 'https://shop.example/cart', title: 'Shop' }
      lifecycle.arrive(titled)
      const setTitle = () => {
        lifecycle.here = { ...lifecycle.here, title: 'Cart' }
        tell()
      }
      return { client, lifecycle, setTitle, tell, ...rest }
    }

    test('have the time and the order of the change, and the title that follows', async () => {
      const { client, setTitle, events } = comeToCart()
      client.track('right after')
      setTitle()
      await client.flush()
      expect(events()).toMatchObject([
        { type: 'page', title: 'Shop' },
        { type: 'page', title: 'Cart', url: 'https://shop.example/cart', seq: 2 },
        { name: 'right after', seq: 3 },
      ])
    })

    test('go without a title when the page is left at once', async () => {
      const { lifecycle, events } = comeToCart()
      lifecycle.leave()
      expect(events()).toMatchObject([{ url: 'https://shop.example/' }, { url: 'https://shop.example/cart' }])
      expect(events()[1]).not.toHaveProperty('title')
    })

    test('do not take the title of another page', async () => {
      const { client, lifecycle, tell, events } = comeToCart()
      lifecycle.here = { url: 'https://shop.example/thanks', title: 'Thanks' }
      lifecycle.arrive()
      tell()
      await client.flush()
      const [, cart, thanks] = events()
      expect(cart).not.toHaveProperty('title')
      expect(thanks).toMatchObject({ url: 'https://shop.example/thanks', title: 'Thanks' })
    })
  })

  test('are not when autoPage is false', async () => {
    const { client, transport } = start({ autoPage: false })
    await client.flush()
    expect(transport.requests).toEqual([])
  })

  test('a page that is prerendered writes and sends nothing until it is shown', async () => {
    const lifecycle = createFakeLifecycle({ isPrerendering: true })
    const { client, storage, transport, clock, events } = start({ autoPage: true }, { lifecycle })
    client.track('early')
    lifecycle.leave()
    await clock.advance(60_000)
    expect(await storage.count()).toBe(0)
    expect(transport.requests).toEqual([])

    lifecycle.show()
    await settled()
    expect(events().map(({ name }) => name)).toEqual(['early', 'page_view'])
  })
})

describe('tokens', () => {
  test('another token of the same website ends a refusal and sends what waits', async () => {
    const { client, transport, clock, said } = start()
    transport.replyWith(problem(401, 'token_expired', 'Make a new one.'))
    client.track('a')
    await client.flush()
    await clock.advance(3_600_000)
    expect(transport.requests).toHaveLength(1)
    expect(said.error).toMatchObject([
      {
        code: 'collector_refused',
        message: expect.stringContaining('401: Make a new one.'),
        cause: { status: 401 },
      },
    ])

    client.setToken('hw_pub_abcd1234_new')
    await settled()
    expect(transport.requests[1]?.url).toBe(`${endpoint}/v1/batch?token=hw_pub_abcd1234_new`)
    expect(said.delivered).toHaveLength(1)
  })

  test.each(['hw_pub_other123_new', 'hw_sec_abcd1234_new', ''])(
    '%j is no token of this website',
    async (other) => {
      const { client, transport, said } = start()
      client.setToken(other)
      client.track('a')
      await client.flush()
      expect(said.error).toEqual([{ code: 'invalid_token', message: expect.stringContaining('setToken: ') }])
      expect(said.error[0]?.message).toContain(other.slice(0, 15))
      expect(said.error[0]?.message).not.toContain('_new') // a secret stays one
      expect(transport.requests[0]?.url).toContain(token)
    },
  )
})

describe('shutdown', () => {
  test('sends what waits, then records nothing and leaves no timer behind', async () => {
    const { client, transport, lifecycle, clock, said } = start()
    client.track('a')
    await client.shutdown()
    client.track('b')
    client.reset()
    lifecycle.leave()
    await clock.advance(60_000)
    expect(transport.sent()).toEqual([['a']])
    expect(said.dropped).toEqual([
      { reason: 'shut_down', count: 1 },
      { reason: 'shut_down', count: 1 },
    ])
    expect(clock.timers()).toBe(0)
    expect(lifecycle.isWatched()).toBe(false)
  })

  test('while the collector is away it ends all the same, and keeps what waits for the next client', async () => {
    const { client, transport, clock, storage } = start()
    transport.alwaysReplyWith({ status: 0 })
    client.track('a')
    await client.shutdown()
    await clock.advance(60_000)
    expect(transport.requests).toHaveLength(1)
    expect(await storage.count()).toBe(1)
  })

  test('afterwards flush tries once, for it was asked to, and not again by itself', async () => {
    const { client, transport, clock, storage } = start()
    await client.shutdown()
    const otherPage = start({}, { storage })
    otherPage.transport.alwaysReplyWith({ status: 0 })
    otherPage.client.track('a')
    await settled()
    transport.alwaysReplyWith({ status: 0 })
    await client.flush()
    expect(transport.sent()).toEqual([['a']])
    expect(clock.timers()).toBe(0)
  })
})

describe('types', () => {
  test('an event map checks names and properties', () => {
    type Hw = Client<{ purchase: { orderId: string }; search: { term?: string } }>
    const calls = (hw: Hw) => {
      hw.track('purchase', { orderId: '1' })
      hw.track('search')
      hw.track('search', { term: 'mug' })
      hw.conversion('purchase', { revenueCents: 1, currency: 'EUR', props: { orderId: '1' } })
      // @ts-expect-error an event that is not in the map
      hw.track('other')
      // @ts-expect-error a property of another type
      hw.track('purchase', { orderId: 1 })
      // @ts-expect-error a required property is missing
      hw.track('purchase')
    }
    expect(calls).toBeTypeOf('function') // the compiler is the test
  })

  test('without a map any name and any properties will do', () => {
    expectTypeOf<Client['track']>().toBeCallableWith('anything', { at: new Date(), list: [1] })
  })
})
