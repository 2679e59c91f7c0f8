// @vitest-environment happy-dom
/** States where a client in a browser stores its visitor, and when it stores nothing. */
import 'fake-indexeddb/auto'
import type { WireEvent } from '@headwater/contract'
import { type FakeCookies, giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { settled } from '@headwater/testkit/fake-ports'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../core/api.ts'
import type { ClientOptions } from '../core/options.ts'
import { createBrowserCore } from './client.ts'
import { createClient } from './index.ts'

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'
let jar: FakeCookies
let urls: string[]
let events: WireEvent[]
let opened = 0
const clients: Client[] = []

beforeEach(() => {
  goTo('https://www.shop.example/')
  jar = giveCookies()
  localStorage.clear()
  urls = []
  events = []
  Reflect.deleteProperty(window, 'CompressionStream')
  vi.stubGlobal('fetch', async (input: Request, init?: RequestInit) => {
    const request = new Request(input, init)
    urls.push(request.url)
    const batch = JSON.parse(await request.text()) as { events: WireEvent[] }
    events.push(...batch.events)
    const receipt = { request_id: 'r', accepted: batch.events.length, duplicate: 0, rejected: 0, results: [] }
    return Response.json(receipt)
  })
})
afterEach(async () => {
  // A client that never shuts down must not fail the other tests.
  for (const client of clients.splice(0)) {
    await Promise.race([client.shutdown(), new Promise((resolve) => setTimeout(resolve, 100))])
  }
  vi.unstubAllGlobals()
})

/** A client with a collector of its own, unless it is given one. */
function start(options: Partial<ClientOptions> = {}) {
  const endpoint = options.endpoint ?? `https://t${++opened}.example.com`
  const { client, start } = createBrowserCore({ token, endpoint, ...options })
  start()
  clients.push(client)
  return { client, endpoint }
}
const databases = async () => (await indexedDB.databases()).map(({ name }) => `${name}`)

describe('the visitor', () => {
  test.each<[ClientOptions['persistence'], { cookies: number; local: number; database: boolean }]>([
    ['cookie', { cookies: 1, local: 0, database: true }],
    ['local', { cookies: 0, local: 1, database: true }],
    ['memory', { cookies: 0, local: 0, database: false }],
  ])('with persistence %s is stored there and nowhere else', async (persistence, expected) => {
    const { client, endpoint } = start({ persistence })
    await client.flush()
    expect(events).toHaveLength(1)
    const name = `headwater/${new URL(endpoint).host}/abcd1234`
    expect({
      cookies: jar.all().length,
      local: localStorage.length,
      database: (await databases()).includes(name),
    }).toEqual(expected)
  })

  test.each<[ClientOptions['persistence'], boolean]>([
    ['cookie', true],
    ['local', true],
    ['memory', false],
  ])('with persistence %s is the same on the next page: %s', async (persistence, expected) => {
    const { client, endpoint } = start({ persistence })
    await client.flush()
    await client.shutdown()
    await start({ persistence, endpoint }).client.flush()
    expect(events).toHaveLength(2)
    expect(events[0]?.anonymous_id === events[1]?.anonymous_id).toBe(expected)
  })

  test('is the same on another subdomain, which has another database', async () => {
    await start().client.flush()
    goTo('https://blog.shop.example/')
    const load = vi.spyOn(performance, 'now').mockReturnValue(0) // this page was opened just now, after that session began
    await start().client.flush()
    load.mockRestore()
    const [here, there] = events
    expect(there).toMatchObject({ anonymous_id: here?.anonymous_id, session: { id: here?.session?.id } })
    expect(there?.session).not.toHaveProperty('landing_url')
  })

  test('is the one that the stub of an earlier page created, in the session that it opened', async () => {
    const now = Date.now()
    jar.set(`hw_id=1.a9.s9.${now - 1_000}.${now - 1_000}; Path=/; Max-Age=100`)
    await start().client.flush()
    expect(events[0]).toMatchObject({ anonymous_id: 'a9', session: { id: 's9' } })
    expect(jar.all()).toEqual([expect.stringMatching(/^hw_id=1\.a9\.s9\..+ on \.shop\.example$/)])
  })
})

describe('without a consent option', () => {
  type Options = Partial<ClientOptions>
  test.each<[string, object, Options, boolean]>([
    ['events are recorded', {}, {}, true],
    ['Global Privacy Control is a refusal', { globalPrivacyControl: true }, {}, false],
    [
      'consent overrides Global Privacy Control',
      { globalPrivacyControl: true },
      { consent: 'granted' },
      true,
    ],
    ['Do Not Track is ignored', { doNotTrack: '1' }, {}, true],
    ['Do Not Track is a refusal if the site respects it', { doNotTrack: '1' }, { respectDnt: true }, false],
  ])('%s', async (_, signals, options, isRecorded) => {
    for (const [name, value] of Object.entries(signals)) {
      Object.defineProperty(navigator, name, { value, configurable: true })
    }
    const { client, endpoint } = start(options)
    await client.flush()
    for (const name of Object.keys(signals)) Reflect.deleteProperty(navigator, name)
    expect(events).toHaveLength(isRecorded ? 1 : 0)
    expect(jar.all()).toHaveLength(isRecorded ? 1 : 0)
    expect((await databases()).some((name) => name.includes(new URL(endpoint).host))).toBe(isRecorded)
  })
})

test.each<[Partial<ClientOptions>, string | null]>([
  [{ collectorCookie: true }, 'shop.example'],
  [{ collectorCookie: true, persistence: 'local' }, null],
  [{}, null],
])('with %j the collector is asked to set the cookie on %s', async (options, expected) => {
  await start(options).client.flush()
  expect(new URL(`${urls[0]}`).searchParams.get('id_cookie')).toBe(expected)
})

describe('denied consent', () => {
  test('leaves nothing on the device', async () => {
    const { client } = start()
    await client.flush()
    client.consent('denied')
    await vi.waitFor(async () => expect((await client.stored()).records).toEqual([]))
    expect([jar.all(), localStorage.length]).toEqual([[], 0])
  })

  test.each([0, 1, 2, 3, 5, 8, 13])(
    '%s steps after the start leaves nothing on a device that knew nothing',
    async (steps) => {
      const { client } = start()
      for (let step = 0; step < steps; step++) await Promise.resolve()
      client.consent('denied')
      await settled()
      expect(await client.stored()).toEqual({ records: [], texts: {} })
    },
  )

  test('followed at once by granted, as from a banner that knows the answer, loses no later event', async () => {
    const first = start()
    await first.client.flush()
    await first.client.shutdown()
    events.length = 0
    const { client } = start({ endpoint: first.endpoint, consent: 'denied', autoPage: false })
    client.consent('granted')
    client.track('a')
    await client.flush()
    expect(events.map(({ name }) => name)).toEqual(['a'])
  })
})

test('with debug, the console shows each event from the first one', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {})
  const client = createClient({ token, endpoint: 'https://debug.example.com', debug: true })
  clients.push(client)
  client.track('a')
  await client.flush()
  const stories = () => info.mock.calls.map(([line]) => `${line}`.replace(/^headwater {2}\+\d+ ms {2}/, ''))
  await vi.waitFor(() =>
    expect(stories()).toEqual([
      expect.stringMatching(/^page_view …\w{4} {2}recorded$/),
      expect.stringMatching(/^a …\w{4} {2}recorded$/),
      expect.stringMatching(/^page_view …\w{4} {2}recorded → sent \(.*\) → accepted$/),
      expect.stringMatching(/^a …\w{4} {2}recorded → sent \(.*\) → accepted$/),
    ]),
  )
})

test('an option given as undefined counts as left out', async () => {
  const client = createClient({
    ...{ token, endpoint: `https://t${++opened}.example.com` },
    ...{ batchSize: undefined, consent: undefined, autoPage: undefined },
  } as unknown as ClientOptions) // as JavaScript may call it
  clients.push(client)
  await client.flush()
  expect(events).toMatchObject([{ type: 'page' }])
})
