// @vitest-environment happy-dom
/** States what the script tag reads from its page, and what it does with calls that came before it. */
import 'fake-indexeddb/auto'
import type { WireEvent } from '@headwater/contract'
import { goTo } from '@headwater/testkit/fake-cookies'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from './index.ts'
import type { Call } from './stub.ts'

let events: WireEvent[] = []
let urls: string[] = []
let opened = 0
const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'

beforeEach(() => {
  vi.resetModules()
  goTo('https://shop.example/')
  events = []
  urls = []
  vi.stubGlobal('fetch', async (input: Request, init?: RequestInit) => {
    const request = new Request(input, init)
    urls.push(request.url)
    const batch = JSON.parse(await request.text()) as { events: WireEvent[] }
    events.push(...batch.events)
    const receipt = { request_id: 'r', accepted: batch.events.length, duplicate: 0, rejected: 0, results: [] }
    return Response.json(receipt)
  })
  vi.stubGlobal('CompressionStream', undefined)
  delete (window as { CompressionStream?: unknown }).CompressionStream
})
afterEach(async () => {
  await (window.headwater as Client | undefined)?.shutdown?.()
  window.headwater = undefined
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Runs the script by a tag with these attributes, by default with a token and a collector of its own. */
async function load(attributes: Record<string, string> = {}): Promise<Client> {
  const tag = document.createElement('script')
  const all = { 'data-token': token, 'data-endpoint': `https://t${++opened}.example.com`, ...attributes }
  for (const [name, value] of Object.entries(all)) if (value !== 'none') tag.setAttribute(name, value)
  Object.defineProperty(document, 'currentScript', { value: tag, configurable: true })
  await import('./script.ts')
  return window.headwater as Client
}

const names = () => events.map(({ name }) => name)

/** A call as the stub keeps it. */
function call(at: number, ...args: unknown[]): Call {
  const key = `${at.toString(16).padStart(12, '0')}70008000000000000000`
  return Object.assign([...args], { key: key.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), at })
}

test('it starts a client by its attributes, and records the page', async () => {
  const client = await load({ 'data-endpoint': 'https://t.example.com', src: '/sdk.js' })
  await client.flush()
  expect(new Set(urls)).toEqual(new Set([`https://t.example.com/v1/batch?token=${token}`]))
  expect(names()).toEqual(['page_view'])
})

test('without an endpoint it sends to where it came from', async () => {
  const client = await load({ 'data-endpoint': 'none', src: 'https://stats.example.com/sdk.js' })
  await client.flush()
  expect(urls[0]).toMatch('https://stats.example.com/v1/batch?')
})

describe('attributes are options', () => {
  test('a switch: data-auto-page="false"', async () => {
    const client = await load({ 'data-auto-page': 'false' })
    await client.flush()
    expect(names()).toEqual([])
  })

  test('a word: data-consent="denied"', async () => {
    const client = await load({ 'data-consent': 'denied' })
    client.track('a')
    await client.flush()
    expect(names()).toEqual([])
  })

  test('a list: data-sensitive-keys=\'["member"]\'', async () => {
    goTo('https://shop.example/?member=17&a=1')
    const client = await load({ 'data-sensitive-keys': '["member"]' })
    await client.flush()
    expect(events[0]?.url).toBe('https://shop.example/?a=1')
  })

  test('a number: data-batch-size="0" is refused, as by npm', async () => {
    const loaded = load({ 'data-batch-size': '0' })
    await expect(loaded).rejects.toThrow('`batchSize` must be a whole number from 1 to 500, got 0')
  })
})

test.each([{ 'data-token': 'none' }, { 'data-token': 'hw_sec_abcd1234_secret' }])(
  'with %j it starts no client, and says why by throwing',
  async (attributes) => {
    await expect(load(attributes)).rejects.toThrow('`token` must be a public token')
    expect(window.headwater).toBeUndefined()
  },
)

describe('calls that were made before', () => {
  test('are replayed in order, with the key and the time they had', async () => {
    const noon = Date.UTC(2026, 10, 20, 12)
    window.headwater = {
      q: [
        call(noon + 1_000, 'track', 'first', { a: 1 }),
        call(noon + 2_000, 'conversion', 'second', { id: '7' }),
      ],
      opening: { key: '01990000-0000-7000-8000-000000000000', at: noon },
    }
    const client = await load()
    client.track('third')
    await client.flush()
    expect(events).toMatchObject([
      {
        name: 'page_view',
        idempotency_key: '01990000-0000-7000-8000-000000000000',
        occurred_at: '2026-11-20T12:00:00.000Z',
      },
      {
        name: 'first',
        idempotency_key: call(noon + 1_000).key,
        occurred_at: '2026-11-20T12:00:01.000Z',
        props: { a: 1 },
      },
      { name: 'second', occurred_at: '2026-11-20T12:00:02.000Z', conversion_id: '7' },
      { name: 'third' },
    ])
    expect(events[3]?.idempotency_key).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('in a stub that a page has written itself are replayed too, as of now', async () => {
    const calls: unknown[] = [
      ['track', 'first', { a: 1 }],
      ['track', 'second'],
    ]
    window.headwater = { q: calls as Call[] }
    const client = await load()
    await client.flush()
    expect(names()).toEqual(['page_view', 'first', 'second'])
  })

  test('that are no verbs harm nobody', async () => {
    window.headwater = { q: [call(1, 'dance'), call(2), call(3, 'track', 'a')] }
    const client = await load({ 'data-auto-page': 'false' })
    await client.flush()
    expect(names()).toEqual(['a'])
  })

  test('say what the visitor agrees to, before anything is sent', async () => {
    window.headwater = { q: [call(1, 'consent', 'denied'), call(2, 'track', 'a')] }
    const client = await load()
    await client.flush()
    expect(names()).toEqual([])
  })

  test('and wait for consent go out once it is given', async () => {
    window.headwater = { q: [call(1, 'track', 'a'), call(2, 'consent', 'granted')] }
    const client = await load({ 'data-consent': 'pending', 'data-auto-page': 'false' })
    await client.flush()
    expect(names()).toEqual(['a'])
  })

  test('to listen are heard', async () => {
    const heard: unknown[] = []
    window.headwater = { q: [call(1, 'on', 'delivered', (notice: unknown) => heard.push(notice))] }
    const client = await load()
    await client.flush()
    expect(heard).toHaveLength(1)
  })

  test('and those that a page still makes by the stub that it holds on to are not lost', async () => {
    await import('./stub.ts')
    const held = window.headwater as Client
    held.track('early')
    const client = await load()
    expect(window.headwater).not.toBe(held)
    held.track('late')
    await client.flush()
    expect(names()).toEqual(['page_view', 'early', 'late'])
  })

  test('are replayed once, and no stub sends them beside the client', async () => {
    const sendBeacon = vi.fn()
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { sendBeacon }))
    await import('./stub.ts')
    const client = await load()
    window.dispatchEvent(new Event('pagehide'))
    await client.flush()
    expect(names()).toEqual(['page_view'])
    expect(sendBeacon).not.toHaveBeenCalled()
  })
})

test('a second tag changes nothing', async () => {
  const first = await load()
  vi.resetModules()
  expect(await load()).toBe(first)
})

test('an element with the id headwater is no client', async () => {
  window.headwater = document.createElement('div') as unknown as Client
  const client = await load()
  expect(client.track).toBeTypeOf('function')
})

test.each<Record<string, string>>([{}, { 'data-load': 'debug' }])(
  'with %j, what a person should mend is said on the console',
  async (attributes) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const client = await load({ src: 'https://none.example/sdk.js', ...attributes })
    client.identify('')
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('headwater: identify'))
  },
)

test('so is what the collector rejects', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const client = await load()
  const rejected = { status: 'rejected', code: 'currency_required', message: 'Send currency.' }
  vi.stubGlobal('fetch', async () =>
    Response.json({ request_id: 'r', accepted: 0, duplicate: 0, rejected: 1, results: [rejected] }),
  )
  await client.flush()
  expect(warn.mock.calls).toContainEqual(['headwater: Send currency.'])
})

describe('extras', () => {
  const src = 'https://t.example.com/sdk.js?v=1'
  const provided: string[] = []

  /** What the file at this place beside the script exports. */
  function provide(path: string, exports: object): void {
    const address = `https://t.example.com/${path}`
    vi.doMock(address, () => ({ default: undefined, acceptLink: undefined, ...exports }))
    provided.push(address)
  }
  afterEach(() => {
    for (const address of provided.splice(0)) vi.doUnmock(address)
  })

  test('come from a folder with the name of the script, and are given the client and the attributes', async () => {
    const [one, two] = [vi.fn(), vi.fn()]
    provide('sdk/one.js', { default: one })
    provide('sdk/two.js', { default: two })
    const client = await load({ src, 'data-load': 'one, two', 'data-hosts': 'a.example' })
    await vi.waitFor(() => expect(two).toHaveBeenCalled())
    for (const extra of [one, two]) {
      expect(extra.mock.calls).toEqual([[client, expect.objectContaining({ hosts: 'a.example', token })]])
    }
  })

  test('of a version that stays come from the folder of that version', async () => {
    const extra = vi.fn()
    provide('sdk-0.1.0/one.js', { default: extra })
    await load({ src: 'https://t.example.com/sdk-0.1.0.js', 'data-load': 'one' })
    await vi.waitFor(() => expect(extra).toHaveBeenCalled())
  })

  test('that take a visitor over and fail are said on the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const cause = new Error('a bug')
    goTo('https://shop.example/?hw_link=x')
    provide('sdk/links.js', { acceptLink: () => Promise.reject(cause) })
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(cause))
  })

  test('that cannot be loaded are said on the console, and the client goes on', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const there = vi.fn()
    provide('sdk/there.js', { default: there })
    const client = await load({ src, 'data-load': 'missing there' })
    await vi.waitFor(() => expect([there.mock.calls.length, warn.mock.calls.length]).toEqual([1, 1]))
    await client.flush()
    expect(names()).toEqual(['page_view'])
  })

  test('that take a visitor over from another domain do so before the client starts', async () => {
    const seen: unknown[] = []
    goTo('https://shop.example/?hw_link=x')
    provide('sdk/links.js', { acceptLink: () => seen.push(window.headwater) })
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(window.headwater).toHaveProperty('track'))
    expect(seen).toEqual([undefined])
  })

  test.each<[string, object | undefined]>([
    ['cannot be loaded', undefined],
    ['accept nothing', {}],
    [
      'fail',
      {
        acceptLink() {
          throw new Error('a bug')
        },
      },
    ],
  ])('that take a visitor over and %s do not keep the client from starting', async (_, exports) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    goTo('https://shop.example/?hw_link=x')
    if (exports) provide('sdk/links.js', exports)
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(window.headwater).toHaveProperty('track'))
  })
})
