/** States what each verb of a client sends to the collector and reports to listeners. */
import type { WireEvent } from '@headwater/contract'
import { gate, needed, openPage } from '@headwater/testkit/fake-page'
import { createFakeLifecycle, noon, problem, settled } from '@headwater/testkit/fake-ports'
import { describe, expect, expectTypeOf, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import type { Client, Conversion } from './api.ts'
import type { ClientOptions } from './options.ts'

const { token, endpoint } = needed

const start = openPage

describe('a batch', () => {
  test('goes to the endpoint with its token, its time and the SDK version', async () => {
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
      },
    })
    expect(transport.requests[0]?.batch).not.toHaveProperty('dropped')
  })

  test('has the time of the new attempt and the same events when it is sent again', async () => {
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
  test('track sends name and properties, with visitor, session and place', async () => {
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

  test('conversion sends its value in minor units and its order number', async () => {
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

  test('identify sends the id and the hashed e-mail, and later events have the id', async () => {
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

  test.each<[Conversion['id'], string | undefined]>([
    ['1001', '1001'],
    [1001, '1001'],
    [0, '0'],
    [Number.NaN, undefined],
    [undefined, undefined],
  ])('conversion sends the order number %o as the text %o', async (id, expected) => {
    const { client, events } = start()
    client.conversion('purchase', { id })
    await client.flush()
    expect(events()[0]?.conversion_id ?? undefined).toBe(expected)
  })

  test('identify records one event per change, however often the app calls it', async () => {
    const { client, events } = start()
    const render = (...args: Parameters<Client['identify']>) => {
      for (let count = 0; count < 100; count++) client.identify(...args)
    }
    render('u1')
    render('u1', { email: 'ann@example.com' })
    render('u1') // nothing new
    render('u1', { email: 'eve@example.com' })
    render('u2')
    render('u1')
    render(1)
    render('1')
    await client.flush()
    expect(events().map(({ user_id, identities }) => [user_id, identities?.[0]?.value])).toEqual([
      ['u1', undefined],
      ['u1', 'sha256(ann@example.com)'],
      ['u1', 'sha256(eve@example.com)'],
      ['u2', undefined],
      ['u1', undefined],
      ['1', undefined],
    ])
  })

  test.each<[string, (client: Client) => unknown]>([
    ['reset', (client) => client.reset()],
    ['forget', (client) => client.forget()],
    ['a refusal that was taken back', (client) => [client.consent('denied'), client.consent('granted')]],
  ])('after %s the same user is recorded again', async (_, change) => {
    const { client, events } = start()
    client.identify('u1')
    await client.flush()
    await change(client)
    client.identify('u1')
    await client.flush()
    expect(events().map(({ user_id }) => user_id)).toEqual(['u1', 'u1'])
  })

  test('a user who was identified while nothing is recorded is recorded afterwards', async () => {
    const { client, events } = start({ consent: 'denied' })
    client.identify('u1')
    client.consent('granted')
    client.identify('u1')
    await client.flush()
    expect(events()).toMatchObject([{ user_id: 'u1' }])
  })

  test.each([2 ** 53, 1e21, Number.NaN, Infinity, 0.5])('identify refuses the number %d', async (id) => {
    const { client, notices, events } = start()
    client.identify(id)
    client.track('a')
    await client.flush()
    expect(events()).toMatchObject([{ name: 'a' }])
    expect(notices.error).toMatchObject([
      { code: 'illegal_id', message: expect.stringContaining(`got ${id}. `) },
    ])
    expect(notices.error[0]?.message).toContain('pass larger numbers as text')
  })

  test('where nothing can be hashed, identify is sent without the e-mail, which is reported', async () => {
    const { client, events, notices, ids } = start()
    ids.canHash = false
    client.identify('user_42', { email: 'ann@example.com' })
    await client.flush()
    expect(events()[0]).not.toHaveProperty('identities')
    expect(notices.dropped).toEqual([{ reason: 'email_not_hashed', count: 1 }])
  })

  test.each([undefined, null, '', '  '])(
    'an e-mail of %j is ignored: everyone without an e-mail would become one person',
    async (email) => {
      const { client, events, notices } = start()
      client.identify('user_42', { email: email as string })
      await client.flush()
      expect(events()[0]).not.toHaveProperty('identities')
      expect(notices.dropped).toEqual([])
    },
  )

  test('a failed hash loses the e-mail, not the event', async () => {
    const { client, events, ids } = start()
    ids.sha256 = () => Promise.reject(new Error('no'))
    client.identify('user_42', { email: 'ann@example.com' })
    await client.flush()
    expect(events()).toMatchObject([{ type: 'identify', user_id: 'user_42' }])
  })

  test('an illegal id is dropped and reported, and the visitor stays the same', async () => {
    const { client, events, notices, transport } = start()
    client.identify('null', { email: 'ann@example.com' })
    client.identify(undefined as unknown as string)
    client.track('a')
    await client.flush()
    expect(events()).toHaveLength(1)
    expect(events()[0]).toMatchObject({ name: 'a', seq: 1 })
    expect(notices.dropped).toEqual([
      { reason: 'illegal_id', count: 1 },
      { reason: 'illegal_id', count: 1 },
    ])
    expect(notices.error).toMatchObject([
      { code: 'illegal_id', message: expect.stringContaining("'null'") },
      { code: 'illegal_id', message: expect.stringContaining('undefined') },
    ])
    expect(transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 2 })
  })

  test('reset starts a new visitor and a new session', async () => {
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

  test('verbs never throw, whatever the arguments', async () => {
    const { client, notices, events } = start()
    const verbs = client as unknown as Record<string, (...args: unknown[]) => unknown>
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const thrower = {
      toJSON() {
        throw Object.create(null)
      },
    }
    for (const value of [null, 0, '', [], Symbol('s'), 1n, cycle, Object.create(null), () => 1, thrower]) {
      for (const verb of ['track', 'page', 'conversion', 'identify', 'setToken', 'consent']) {
        verbs[verb]?.(value)
        verbs[verb]?.('name', value)
      }
    }
    for (const email of [null, 0, Object.create(null)]) verbs.identify?.('u1', { email })
    expect(notices.dropped.map(({ reason }) => reason)).toContain('invalid_value')
    client.track('after all')
    await client.flush()
    expect(events().at(-1)?.name).toBe('after all')
  })
})

describe('page views', () => {
  test('are recorded automatically, the first one at once', async () => {
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

  test('are not recorded when autoPage is false', async () => {
    const { client, transport } = start({ autoPage: false })
    await client.flush()
    expect(transport.requests).toEqual([])
  })

  test('are neither stored nor sent on a prerendered page until it is shown', async () => {
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

describe('properties', () => {
  test('are copied: what the page changes after the call has no effect', async () => {
    const { client, events } = start()
    const props = { list: [1], at: new Date(0), none: undefined, nan: Number.NaN }
    client.track('a', props)
    props.list.push(2)
    await client.flush()
    expect(events()[0]?.props).toEqual({ list: [1], at: '1970-01-01T00:00:00.000Z', nan: null })
  })

  const circle: Record<string, unknown> = { name: 'a circle' }
  circle.self = circle
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const thrower = {
    get it(): never {
      throw new Error('a bug of the page')
    },
  }
  test.each<[string, unknown, place: string, kept: unknown]>([
    ['an object that contains itself', circle, 'props.bad.self', { name: 'a circle' }],
    ['a revoked proxy', revoked, 'props.bad', undefined],
    ['a getter that throws', thrower, 'props.bad.it', {}],
    ['a toJSON that throws', { toJSON: () => thrower.it }, 'props.bad', undefined],
    ['a function', () => 1, 'props.bad', undefined],
    ['a symbol', Symbol('s'), 'props.bad', undefined],
    ['more than the collector takes', 'x'.repeat(40_000), 'props.bad', undefined],
  ])('with %s lose that part, not the event, and one notice names the place', async (_, bad, place, kept) => {
    const { client, events, notices, transport } = start()
    for (let call = 0; call < 3; call++) {
      client.track('a', { sku: 'A1', bad })
      client.conversion('buy', { id: '7', props: { sku: 'A1', bad } })
    }
    await client.flush()
    const props = kept === undefined ? { sku: 'A1' } : { sku: 'A1', bad: kept }
    expect(events().map((event) => event.props)).toEqual(Array(6).fill(props))
    expect(notices.error).toMatchObject([
      { code: 'invalid_value', message: expect.stringContaining(`'${place}'`) },
    ])
    expect(transport.requests[0]?.batch.dropped).toEqual({ invalid_value: 6 })
  })

  test('that are no object, or cannot be read, are left out, and their event is kept', async () => {
    const { client, events } = start()
    client.track('a', revoked as Record<string, unknown>)
    client.track('b', (() => 1) as unknown as Record<string, unknown>)
    client.track('c', null as unknown as Record<string, unknown>)
    await client.flush()
    expect(events()).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    for (const event of events()) expect(event.props ?? undefined).toBeUndefined()
  })

  test('with a BigInt have the text of its digits', async () => {
    const { client, events, notices } = start()
    client.track('a', { big: 9_007_199_254_740_993n })
    await client.flush()
    expect(events()[0]?.props).toEqual({ big: '9007199254740993' })
    expect(notices.error).toEqual([])
  })

  test('with a bad value that a listener tracks again cause no endless loop', async () => {
    const { client, events } = start()
    for (const name of ['error', 'dropped'] as const)
      client.on(name, () => client.track(name, { bad: () => 1 }))
    client.track('a', { bad: () => 1 })
    await client.flush()
    expect(events().map(({ name }) => name)).toEqual(expect.arrayContaining(['a', 'error', 'dropped']))
    expect(events().length).toBeLessThan(10)
  })

  test('are dropped from a conversion whose details cannot be read, and the conversion is kept', async () => {
    const { client, events } = start()
    client.conversion('buy', {
      revenueCents: 1,
      currency: 'EUR',
      get id(): string {
        return thrower.it
      },
    })
    await client.flush()
    expect(events()).toMatchObject([{ name: 'buy', conversion: true, revenue_cents: 1 }])
  })
})

describe('the title of a page that has none yet', () => {
  const cart = 'https://shop.example/cart'

  /** The visitor navigates to the cart by history; the title is still that of the shop. */
  async function comeToCart(options: Partial<ClientOptions> = {}) {
    const page = start({ ...options, autoPage: true })
    await page.client.flush()
    const { promise, open: titled } = gate<void>()
    page.lifecycle.here = { url: cart, title: 'Shop' }
    page.lifecycle.arrive(promise)
    await settled()
    return { ...page, titled }
  }

  test('is read when it should be set, and until then the event waits', async () => {
    const { client, lifecycle, titled, storage, events } = await comeToCart()
    expect(await storage.count()).toBe(0)
    lifecycle.here = { url: cart, title: 'Cart' }
    titled()
    await client.flush()
    expect(events().at(-1)).toMatchObject({ url: cart, title: 'Cart' })
  })

  test('stays unknown if the visitor has moved on meanwhile', async () => {
    const { client, lifecycle, titled, events } = await comeToCart()
    lifecycle.here = { url: 'https://shop.example/pay', title: 'Pay' }
    titled()
    await client.flush()
    expect(events().at(-1)).toMatchObject({ url: cart })
    expect(events().at(-1)).not.toHaveProperty('title')
  })

  test('stays unknown if the visitor leaves before: the event is sent without it, not with that of the page before', async () => {
    const { lifecycle, transport } = await comeToCart()
    lifecycle.leave()
    const view = transport.requests.at(-1)?.batch.events[0]
    expect(view).toMatchObject({ type: 'page', url: cart })
    expect(view).not.toHaveProperty('title')
  })

  test('is not passed to a hook, and the title that a hook sets stays', async () => {
    const seen: (string | undefined)[] = []
    const before = (event: WireEvent) => {
      seen.push(event.title)
      return { ...event, title: event.url === cart ? (event.props?.title as string) : event.title }
    }
    const { client, lifecycle, titled, events } = await comeToCart({ beforeSend: before })
    client.page('cart', { title: 'By the hook' })
    lifecycle.here = { url: cart, title: 'Cart' }
    titled()
    await client.flush()
    expect(seen).toEqual(['Shop', undefined, 'Shop'])
    expect(events().map(({ title }) => title)).toEqual(['Shop', undefined, 'By the hook'])
  })

  test('keeps later events in their order', async () => {
    const { client, titled, events } = await comeToCart()
    client.track('a')
    titled()
    await client.flush()
    expect(events().map(({ name }) => name)).toEqual(['page_view', 'page_view', 'a'])
  })
})

describe('the beforeSend hook', () => {
  test('changes what is sent, and sees neither visitor nor session', async () => {
    const seen: WireEvent[] = []
    const { client, events } = start({
      beforeSend(event) {
        seen.push(event)
        return { ...event, url: 'https://shop.example/clean', props: { ...event.props, plan: 'pro' } }
      },
    })
    client.track('a', { sku: 'A1' })
    await client.flush()
    expect(seen[0]).toMatchObject({ name: 'a', url: 'https://shop.example/' })
    expect(Object.keys(seen[0] ?? {})).not.toContain('session')
    expect(events()).toMatchObject([
      { name: 'a', url: 'https://shop.example/clean', props: { sku: 'A1', plan: 'pro' } },
    ])
  })

  test('sees page views and identifications too, and cannot remove their visitor', async () => {
    const { client, events } = start({
      beforeSend: ({ name, ...event }) => ({ ...event, name: name ?? 'signed in' }),
    })
    client.page()
    client.identify('u1', { email: 'ann@example.com' })
    await client.flush()
    expect(events()).toMatchObject([
      { type: 'page', session: { id: events()[0]?.idempotency_key } },
      { name: 'signed in', user_id: 'u1', identities: [{ type: 'email_hash' }] },
    ])
  })

  test('drops an event, which is counted and leaves a gap in the stream', async () => {
    const { client, events, notices, transport } = start({
      beforeSend: (event) => (event.name === 'secret' ? null : event),
    })
    client.track('a')
    client.track('secret')
    client.track('b')
    await client.flush()
    expect(events().map(({ name, seq }) => [name, seq])).toEqual([
      ['a', 1],
      ['b', 3],
    ])
    expect(notices.dropped).toEqual([{ reason: 'before_send', count: 1 }])
    expect(notices.error).toEqual([])
    expect(transport.requests[0]?.batch.dropped).toEqual({ before_send: 1 })
  })

  test('that throws loses its event, which is counted and reported, and no other', async () => {
    const { client, events, notices, transport } = start({
      beforeSend(event) {
        if (event.name === 'a') throw new Error('a bug of the page')
        return event
      },
    })
    expect(() => client.track('a')).not.toThrow()
    client.track('b')
    await client.flush()
    expect(events().map(({ name }) => name)).toEqual(['b'])
    expect(notices.dropped).toEqual([{ reason: 'before_send_failed', count: 1 }])
    expect(notices.error).toMatchObject([
      { code: 'before_send_failed', message: expect.stringContaining('a bug of the page') },
    ])
    expect(transport.requests[0]?.batch.dropped).toEqual({ before_send_failed: 1 })
  })

  test('cannot change what identifies an event', async () => {
    const { client, events } = start({
      beforeSend: (event) => ({ ...event, idempotency_key: 'x', stream: 'x', seq: 99 }),
    })
    client.track('a')
    client.track('b')
    await client.flush()
    expect(events().map(({ seq }) => seq)).toEqual([1, 2])
    expect(JSON.stringify(events())).not.toContain('"x"')
  })

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  test.each<[string, (event: WireEvent) => unknown]>([
    ['a promise', async (event) => event],
    ['true', () => true],
    ['a text', () => 'yes'],
    ['an event without its time', ({ occurred_at: _, ...event }) => event],
    ['an event with an invalid time', (event) => ({ ...event, occurred_at: 'yesterday' })],
    ['an event that contains itself', (event) => ({ ...event, props: cycle })],
  ])(
    'that returns %s loses at most its event: others are kept, and storage is not reported as failed',
    async (_, answer) => {
      const before = (event: WireEvent) => (event.name === 'a' ? answer(event) : event) as WireEvent
      const { client, events, notices, storage } = start({ beforeSend: before })
      client.track('first')
      client.track('a')
      client.track('b')
      await client.flush()
      client.track('c')
      await settled()
      expect(notices.error.map(({ code }) => code)).not.toContain('storage_failed')
      expect(events().map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'b']))
      expect(await storage.count()).toBe(1)
    },
  )

  test('cannot change an event after it has returned it', async () => {
    const list = [1]
    const { client, events } = start({ beforeSend: (event) => ({ ...event, props: { list } }) })
    client.track('a')
    list.push(2)
    await client.flush()
    expect(events()[0]?.props).toEqual({ list: [1] })
  })
})

describe('calls made before the client', () => {
  test('have the key and the time of the call', async () => {
    const { client, verbsAt, events } = start()
    verbsAt({ key: 'k-early', at: noon - 2_000 }).track('early')
    client.track('now')
    await client.flush()
    const [early, now] = events()
    expect(early).toMatchObject({
      name: 'early',
      idempotency_key: 'k-early',
      occurred_at: '2026-11-20T11:59:58.000Z',
      session: { started_at: '2026-11-20T11:59:58.000Z' },
    })
    expect(now).toMatchObject({ name: 'now', occurred_at: '2026-11-20T12:00:00.000Z', seq: 2 })
    expect(now?.idempotency_key).not.toBe('k-early')
  })

  test('that record nothing do not pass their key and time to the next one', async () => {
    const { client, verbsAt, events } = start()
    verbsAt({ key: 'k-early', at: noon - 2_000 }).identify('null')
    client.track('now')
    await client.flush()
    expect(events()[0]).toMatchObject({ occurred_at: '2026-11-20T12:00:00.000Z' })
  })

  const opening = { key: 'k-opening', at: noon - 3_000 }

  test('include the first page view, with its key and time', async () => {
    const { client, events } = start({ autoPage: true, opening })
    client.track('now')
    await client.flush()
    expect(events()).toMatchObject([
      { name: 'page_view', idempotency_key: 'k-opening', occurred_at: '2026-11-20T11:59:57.000Z' },
      { name: 'now', occurred_at: '2026-11-20T12:00:00.000Z' },
    ])
  })

  test('lend the key and time of the first page view to no other event, when page views are not recorded', async () => {
    const { client, clock, events } = start({ autoPage: false, opening })
    await clock.advance(60_000)
    client.track('later')
    await client.flush()
    expect(events()).toMatchObject([{ name: 'later', occurred_at: '2026-11-20T12:01:00.000Z' }])
  })

  test('lend the key and time of the first page view to no event after a refusal was taken back', async () => {
    const { client, clock, events } = start({ autoPage: true, opening, consent: 'denied' })
    await clock.advance(60_000)
    client.consent('granted')
    client.track('later')
    await client.flush()
    expect(events()).toMatchObject([{ name: 'later', occurred_at: '2026-11-20T12:01:00.000Z' }])
  })
})

test('the cookies of ad platforms are sent with conversions', async () => {
  const { client, lifecycle, events } = start()
  lifecycle.ads = { _fbp: 'fb.1.2.3' }
  client.track('a')
  client.conversion('buy')
  await client.flush()
  expect(events().map(({ ad_cookies }) => ad_cookies)).toEqual([undefined, { _fbp: 'fb.1.2.3' }])
})

describe('tokens', () => {
  test('can change without a new page view, visitor or session', async () => {
    const { client, lifecycle, events, transport } = start({ autoPage: true })
    await client.flush()
    client.setToken('hw_pub_abcd1234_new')
    lifecycle.here = { url: 'https://shop.example/cart' }
    lifecycle.arrive()
    await client.flush()
    const [before, after] = events()
    expect(transport.requests.map(({ url }) => url.split('token=')[1])).toEqual([
      token,
      'hw_pub_abcd1234_new',
    ])
    expect(after).toMatchObject({
      type: 'page',
      seq: 2,
      stream: before?.stream,
      anonymous_id: before?.anonymous_id,
      session: before?.session,
    })
  })

  test('another token of the same website ends a refusal and sends what waits', async () => {
    const { client, transport, clock, notices } = start()
    transport.replyWith(problem(401, 'token_expired', 'Make a new one.'))
    client.track('a')
    await client.flush()
    await clock.advance(3_600_000)
    expect(transport.requests).toHaveLength(1)
    expect(notices.error).toMatchObject([
      {
        code: 'collector_refused',
        message: expect.stringContaining('401: Make a new one.'),
        cause: { status: 401 },
      },
    ])

    client.setToken('hw_pub_abcd1234_new')
    await settled()
    expect(transport.requests[1]?.url).toBe(`${endpoint}/v1/batch?token=hw_pub_abcd1234_new`)
    expect(notices.delivered).toHaveLength(1)
  })

  test.each(['hw_pub_other123_new', 'hw_sec_abcd1234_', ''])(
    '%j is rejected as no token of this website',
    async (other) => {
      const { client, transport, notices } = start()
      client.setToken(other)
      client.track('a')
      await client.flush()
      expect(notices.error).toMatchObject([
        { code: 'invalid_token', message: expect.stringContaining('setToken: ') },
      ])
      expect(notices.error[0]?.message).toContain(other.slice(0, 15))
      expect(transport.requests[0]?.url).toContain(token)
    },
  )
})

describe('shutdown', () => {
  test('sends what waits, then records nothing and leaves no timer', async () => {
    const { client, transport, lifecycle, clock, notices } = start()
    client.track('a')
    await client.shutdown()
    client.track('b')
    client.reset()
    lifecycle.leave()
    await clock.advance(60_000)
    expect(transport.sent()).toEqual([['a']])
    expect(notices.dropped).toEqual([
      { reason: 'shut_down', count: 1 },
      { reason: 'shut_down', count: 1 },
    ])
    expect(clock.timers()).toBe(0)
    expect(lifecycle.isWatched()).toBe(false)
  })

  test('resolves while the collector is away, and keeps what waits for the next client', async () => {
    const { client, transport, clock, storage } = start()
    transport.alwaysReplyWith({ status: 0 })
    client.track('a')
    await client.shutdown()
    await clock.advance(60_000)
    expect(transport.requests).toHaveLength(1)
    expect(await storage.count()).toBe(1)
  })

  test('still allows flush, which tries once and schedules no retry', async () => {
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

  test('without a map any name and any properties compile', () => {
    expectTypeOf<Client['track']>().toBeCallableWith('anything', { at: new Date(), list: [1] })
  })
})

describe('listeners are notified', () => {
  test('of each recorded call, with its event, and of each finished request, with its answer', async () => {
    const { client, notices } = start()
    client.track('a')
    client.identify('u1')
    await client.flush()
    expect(notices.recorded.map(({ event }) => event)).toMatchObject([{ name: 'a' }, { user_id: 'u1' }])
    expect(notices.answered).toMatchObject([
      { bytes: expect.any(Number), leaving: false, answer: { status: 200, body: { accepted: 2 } } },
    ])
    const sent = notices.answered[0]?.events.map(({ json }) => JSON.parse(json))
    expect(sent).toMatchObject([
      { name: 'a', session: {} },
      { user_id: 'u1', session: {} },
    ])
  })

  test('whether a request was sent by a leaving page', async () => {
    const { client, lifecycle, notices } = start()
    client.track('a')
    lifecycle.leave()
    await settled()
    expect(notices.answered).toMatchObject([{ leaving: true }])
  })

  test('of no recorded event when the hook has dropped it', () => {
    const { client, notices } = start({ beforeSend: () => null })
    client.track('a')
    expect(notices.recorded).toEqual([])
  })
})
