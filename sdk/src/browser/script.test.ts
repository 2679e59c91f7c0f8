// @vitest-environment happy-dom
/** States where the script tag finds its options, and how it replays calls that were made before it loaded. */
import 'fake-indexeddb/auto'
import type { WireEvent } from '@headwater/contract'
import { goTo } from '@headwater/testkit/fake-cookies'
import { gate } from '@headwater/testkit/fake-page'
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
  return run(
    tagOf({ 'data-token': token, 'data-endpoint': `https://t${++opened}.example.com`, ...attributes }),
  )
}

function tagOf(attributes: Record<string, string>): HTMLScriptElement {
  const tag = document.createElement('script')
  tag.type = 'text/plain' // so that it does not run
  for (const [name, value] of Object.entries(attributes)) if (value !== 'none') tag.setAttribute(name, value)
  return tag
}

async function run(tag: HTMLScriptElement | null): Promise<Client> {
  Object.defineProperty(document, 'currentScript', { value: tag, configurable: true })
  await import('./script.ts')
  return window.headwater as Client
}

/** What is logged to the console as a warning. */
function warnings(): unknown[] {
  const logged: unknown[] = []
  vi.spyOn(console, 'warn').mockImplementation((warning) => logged.push(warning))
  return logged
}

const names = () => events.map(({ name }) => name)

/** A call as the stub keeps it. */
function call(at: number, ...args: unknown[]): Call {
  const key = `${at.toString(16).padStart(12, '0')}70008000000000000000`
  return Object.assign([...args], { key: key.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), at })
}

test('it starts a client with its attributes, and records the page', async () => {
  const client = await load({ 'data-endpoint': 'https://t.example.com', src: '/sdk.js' })
  await client.flush()
  expect(new Set(urls)).toEqual(new Set([`https://t.example.com/v1/batch?token=${token}`]))
  expect(names()).toEqual(['page_view'])
})

test('without an endpoint it sends to the site that served it', async () => {
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

  test('a number: data-batch-size="2"', async () => {
    const client = await load({ 'data-batch-size': '2', 'data-auto-page': 'false' })
    for (const name of ['a', 'b', 'c']) client.track(name)
    await client.flush()
    expect(urls).toHaveLength(2)
  })
})

describe('the global is another place for options', () => {
  // A page may write anything there; the types cover only what the SDK itself puts there.
  const give = (global: object) => void Object.assign(window, { headwater: global })

  test.each<[string, HTMLScriptElement | null]>([
    ['a module', null],
    ['a tag that a tag manager created without attributes', document.createElement('script')],
  ])('%s takes its options from there', async (_, tag) => {
    give({ q: [call(1, 'track', 'early')], token, endpoint: 'https://t.example.com', autoPage: false })
    const client = await run(tag)
    client.track('late')
    await client.flush()
    expect(new Set(urls)).toEqual(new Set([`https://t.example.com/v1/batch?token=${token}`]))
    expect(names()).toEqual(['early', 'late'])
  })

  test('options by name have their JavaScript values: lists, numbers, switches', async () => {
    goTo('https://shop.example/?member=17&a=1')
    give({ token, endpoint: 'https://t.example.com', sensitiveKeys: ['member'], batchSize: 1 })
    const client = await run(null)
    client.track('a')
    await client.flush()
    expect(urls).toHaveLength(2)
    expect(events[0]?.url).toBe('https://shop.example/?a=1')
  })

  test('an attribute of the tag wins', async () => {
    give({ token: 'hw_pub_other123_x', autoPage: true })
    const client = await load({ 'data-auto-page': 'false' })
    client.track('a')
    await client.flush()
    expect(urls[0]).toContain(token)
    expect(names()).toEqual(['a'])
  })

  test('a module finds the attributes of its tag, if it is on the page', async () => {
    const tag = tagOf({ 'data-token': token, 'data-endpoint': 'https://module.example.com' })
    document.head.append(tag)
    const client = await run(null)
    tag.remove()
    await client.flush()
    expect(urls[0]).toMatch('https://module.example.com/')
  })

  test('the tag of another product, which has a data-token too, is not taken for its own', async () => {
    const other = tagOf({ 'data-token': 'other', 'data-endpoint': 'https://other.example' })
    document.head.append(other)
    give({ token, endpoint: 'https://t.example.com' })
    const client = await run(null)
    other.remove()
    await client.flush()
    expect(new Set(urls)).toEqual(new Set([`https://t.example.com/v1/batch?token=${token}`]))
  })

  test('a function is ignored: `beforeSend` is npm-only', async () => {
    give({ token, endpoint: 'https://t.example.com', beforeSend: () => null })
    const client = await run(null)
    await client.flush()
    expect(names()).toEqual(['page_view'])
  })
})

test.each<[Record<string, string>, string]>([
  [{ 'data-token': 'none' }, '`token` must be a public token, hw_pub_…, got undefined'],
  [{ 'data-token': 'hw_sec_abcd1234_secret' }, "got 'hw_sec_abcd1234_…'"],
  [{ 'data-batch-size': '0' }, '`batchSize` must be a whole number from 1 to 500, got 0'],
  [{ 'data-endpoint': 'none' }, '`endpoint` must be an absolute http(s) URL'],
])('with %j it starts no client, says why on the console, and throws nothing', async (attributes, why) => {
  const logged = warnings()
  const stub = await load(attributes)
  await vi.waitFor(() => expect(logged).toHaveLength(1))
  expect(`${logged[0]}`).toContain(why)
  expect(stub).not.toHaveProperty('track')
})

test('without any options it says which one is missing, and throws nothing', async () => {
  const logged = warnings()
  await run(null)
  await vi.waitFor(() => expect(logged).toHaveLength(1))
  expect(`${logged[0]}`).toContain('`token` must be a public token')
})

describe('calls made before the script has loaded', () => {
  test('are replayed in order, with their keys and times', async () => {
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

  test('in a list that the page created itself are replayed too, with the current time', async () => {
    const calls: unknown[] = [
      ['track', 'first', { a: 1 }],
      ['track', 'second'],
    ]
    window.headwater = { q: calls as Call[] }
    const client = await load()
    await client.flush()
    expect(names()).toEqual(['page_view', 'first', 'second'])
  })

  test('without a verb have no effect', async () => {
    window.headwater = { q: [call(1, 'dance'), call(2), call(3, 'track', 'a')] }
    const client = await load({ 'data-auto-page': 'false' })
    await client.flush()
    expect(names()).toEqual(['a'])
  })

  test('decide about consent before anything is sent', async () => {
    window.headwater = { q: [call(1, 'consent', 'denied'), call(2, 'track', 'a')] }
    const client = await load()
    await client.flush()
    expect(names()).toEqual([])
  })

  test('that wait for consent are sent once it is granted', async () => {
    window.headwater = { q: [call(1, 'track', 'a'), call(2, 'consent', 'granted')] }
    const client = await load({ 'data-consent': 'pending', 'data-auto-page': 'false' })
    await client.flush()
    expect(names()).toEqual(['a'])
  })

  test('of `on` receive notices from the start', async () => {
    const notices: unknown[] = []
    window.headwater = { q: [call(1, 'on', 'delivered', (notice: unknown) => notices.push(notice))] }
    const client = await load()
    await client.flush()
    expect(notices).toHaveLength(1)
  })

  test('are not lost, nor are later calls of a stub to which the page keeps a reference', async () => {
    await import('./stub.ts')
    const held = window.headwater as Client
    held.track('early')
    const client = await load()
    expect(window.headwater).not.toBe(held)
    held.track('late')
    await client.flush()
    expect(names()).toEqual(['page_view', 'early', 'late'])
  })

  test('are replayed once, and the stub does not send them as well', async () => {
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

test('a second tag changes nothing: each view is recorded once', async () => {
  const first = await load()
  vi.resetModules()
  expect(await load()).toBe(first)
  await first.flush()
  expect(names()).toEqual(['page_view'])
})

test('an element with the id headwater is ignored', async () => {
  window.headwater = Object.assign(document.createElement('div'), { autoPage: false }) as unknown as Client
  const client = await load()
  expect(client.track).toBeTypeOf('function')
  await client.flush()
  expect(names()).toEqual(['page_view'])
})

test.each<Record<string, string>>([{}, { 'data-load': 'debug' }])(
  'with %j, what someone has to fix is logged to the console',
  async (attributes) => {
    const logged = warnings()
    const client = await load({ src: 'https://none.example/sdk.js', ...attributes })
    client.identify('')
    expect(logged).toContainEqual(expect.stringContaining('headwater: identify'))
  },
)

test('a page whose console has no `warn` gets no warning, and the client works', async () => {
  vi.stubGlobal('console', { log() {} })
  const client = await load()
  client.identify('')
  client.track('a')
  await client.flush()
  vi.unstubAllGlobals()
  expect(names()).toEqual(['page_view', 'a'])
})

test('what the collector rejects is logged to the console', async () => {
  const logged = warnings()
  const client = await load()
  const rejected = { status: 'rejected', code: 'currency_required', message: 'Send currency.' }
  vi.stubGlobal('fetch', async () =>
    Response.json({ request_id: 'r', accepted: 0, duplicate: 0, rejected: 1, results: [rejected] }),
  )
  await client.flush()
  expect(logged).toContainEqual('headwater: Send currency.')
})

describe('optional files', () => {
  const src = 'https://t.example.com/sdk.js?v=1'
  const provided: string[] = []

  /** What the file at this place next to the script exports. */
  function provide(path: string, exports: object): void {
    const address = `https://t.example.com/${path}`
    vi.doMock(address, () => ({ default: undefined, acceptLink: undefined, ...exports }))
    provided.push(address)
  }
  afterEach(() => {
    for (const address of provided.splice(0)) vi.doUnmock(address)
  })

  test('come from a folder with the name of the script, and receive the client and the options', async () => {
    const [one, two] = [vi.fn(), vi.fn()]
    provide('sdk/one.js', { default: one })
    provide('sdk/two.js', { default: two })
    const client = await load({ src, 'data-load': 'one, two', 'data-hosts': 'a.example' })
    await vi.waitFor(() => expect(two).toHaveBeenCalled())
    for (const extra of [one, two]) {
      expect(extra.mock.calls).toEqual([[client, expect.objectContaining({ hosts: 'a.example', token })]])
    }
  })

  test('of a pinned version come from the folder of that version', async () => {
    const extra = vi.fn()
    provide('sdk-0.1.0/one.js', { default: extra })
    await load({ src: 'https://t.example.com/sdk-0.1.0.js', 'data-load': 'one' })
    await vi.waitFor(() => expect(extra).toHaveBeenCalled())
  })

  test('that take over a visitor and fail are logged to the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const cause = new Error('a bug')
    goTo('https://shop.example/?hw_link=x')
    provide('sdk/links.js', { acceptLink: () => Promise.reject(cause) })
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(cause))
  })

  test('that cannot be loaded are logged to the console, and the client works', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const there = vi.fn()
    provide('sdk/there.js', { default: there })
    const client = await load({ src, 'data-load': 'missing there' })
    await vi.waitFor(() => expect([there.mock.calls.length, warn.mock.calls.length]).toEqual([1, 1]))
    await client.flush()
    expect(names()).toEqual(['page_view'])
  })

  test('that take over a visitor from another domain do so before the client starts', async () => {
    const seen: boolean[] = []
    goTo('https://shop.example/?hw_link=x')
    provide('sdk/links.js', { acceptLink: () => seen.push('track' in Object(window.headwater)) })
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(window.headwater).toHaveProperty('track'))
    expect(seen).toEqual([false])
  })

  test('that take over a visitor keep a second tag from starting a second client', async () => {
    const { promise, open } = gate<void>()
    goTo('https://shop.example/?hw_link=x')
    provide('sdk/links.js', { acceptLink: () => promise })
    const attributes = { src, 'data-load': 'links', 'data-endpoint': `https://t${++opened}.example.com` }
    await load(attributes)
    vi.resetModules()
    await load(attributes)
    open()
    await vi.waitFor(() => expect(window.headwater).toHaveProperty('track'))
    await (window.headwater as Client).flush()
    expect(names()).toEqual(['page_view'])
  })

  test('come from the collector where the tag is unknown', async () => {
    const extra = vi.fn()
    provide('sdk/one.js', { default: extra })
    Object.assign(window, { headwater: { token, endpoint: 'https://t.example.com', load: 'one' } })
    await run(null)
    await vi.waitFor(() => expect(extra).toHaveBeenCalled())
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
  ])('that take over a visitor and %s do not keep the client from starting', async (_, exports) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    goTo('https://shop.example/?hw_link=x')
    if (exports) provide('sdk/links.js', exports)
    await load({ src, 'data-load': 'links' })
    await vi.waitFor(() => expect(window.headwater).toHaveProperty('track'))
  })
})
