/** States what a request looks like on the network, and which answer each outcome gives. */
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTransport } from './transport.ts'

const url = 'https://t.example.com/v1/batch?token=x'
let requests: Request[] = []
/** What the network does with the next request. */
let network: (request: Request) => Promise<Response>
/** The page is shown, after loading or from the back/forward cache. */
let show: (persisted: boolean) => void

beforeEach(() => {
  requests = []
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  show = (persisted) => page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
  network = async () => Response.json({ request_id: 'r1' })
  vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init)
    requests.push(request)
    return network(request)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const { pack, send, sendLeaving, leavingBytes } = createTransport()

describe.each([
  ['send', send],
  ['sendLeaving', sendLeaving],
])('%s', (_, post) => {
  test('posts the body as plain text, with no header that needs a preflight', async () => {
    await post(url, '{"é":1}')
    const [request] = requests
    expect(request).toMatchObject({ method: 'POST', url })
    expect([...(request?.headers ?? [])]).toEqual([['content-type', 'text/plain']])
    expect(await request?.text()).toBe('{"é":1}')
  })

  test('posts on a page without TextEncoder too, and counts UTF-8 bytes', async () => {
    vi.stubGlobal('TextEncoder', undefined)
    network = () => new Promise(() => {})
    const other = createTransport()
    void (_ === 'send' ? other.send : other.sendLeaving)(url, '{"é€😀":1}')
    await Promise.resolve()
    expect(60_000 - other.leavingBytes()).toBe(15)
    expect(await requests[0]?.text()).toBe('{"é€😀":1}')
  })

  test('returns status, body and Retry-After unchanged', async () => {
    network = async () => Response.json({ code: 'x' }, { status: 429, headers: { 'retry-after': '6' } })
    expect(await post(url, '{}')).toEqual({ status: 429, body: { code: 'x' }, retryAfter: '6' })
  })

  test('an answer without JSON has no body', async () => {
    network = async () => new Response('<html>')
    expect(await post(url, '{}')).toEqual({ status: 200, body: undefined, retryAfter: null })
  })

  test('a network failure is status 0, after one try', async () => {
    network = () => Promise.reject(new TypeError('Failed to fetch'))
    expect(await post(url, '{}')).toEqual({ status: 0 })
    expect(requests).toHaveLength(1)
  })

  test('a request that is in flight when the page returns from the back/forward cache is status 0', async () => {
    network = () => new Promise(() => {})
    const answers = [post(url, '{}'), post(url, '{}')]
    show(true)
    expect(await Promise.all(answers)).toEqual([{ status: 0 }, { status: 0 }])
  })

  test('a request that is in flight when the page has loaded gets its answer', async () => {
    let answer: (response: Response) => void = () => {}
    network = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const sent = post(url, '{}')
    await vi.waitUntil(() => requests.length > 0)
    show(false)
    answer(new Response('{}'))
    expect(await sent).toMatchObject({ status: 200 })
  })

  test('a failing status is not retried', async () => {
    network = async () => new Response('', { status: 503, headers: { 'retry-after': '1' } })
    expect(await post(url, '{}')).toMatchObject({ status: 503, retryAfter: '1' })
    expect(requests).toHaveLength(1)
  })

  test('a request outlives the page while all of them together stay under 60,000 bytes', async () => {
    let answer: () => void = () => {}
    const pending = new Promise<Response>((resolve) => {
      answer = () => resolve(new Response())
    })
    network = () => pending
    const first = post(url, 'x'.repeat(40_000))
    await Promise.resolve()
    expect(leavingBytes()).toBe(20_000)
    const second = post(url, 'x'.repeat(20_001))
    const third = post(url, 'x'.repeat(20_000))
    answer()
    await Promise.all([first, second, third])
    expect(requests.map(({ keepalive }) => keepalive)).toEqual([true, false, true])
    expect(leavingBytes()).toBe(60_000)
  })
})

describe('compression', () => {
  const long = JSON.stringify({ text: 'é€😀 '.repeat(500) })
  test('is by gzip, which the address names, and can be undone', async () => {
    const body = await pack(long)
    await send(url, body)
    const [request] = requests
    expect(request?.url).toBe(`${url}&encoding=gzip`)
    expect([...(request?.headers ?? [])]).toEqual([['content-type', 'text/plain']])
    const bytes = Buffer.from((await request?.arrayBuffer()) ?? new ArrayBuffer())
    expect(bytes.length).toBeLessThan(long.length / 10)
    expect(gunzipSync(bytes).toString()).toBe(long)
  })

  test.each<[string, string, () => void]>([
    ['it fits into one packet anyway', '{"a":1}', () => {}],
    ['the browser cannot', long, () => vi.stubGlobal('CompressionStream', undefined)],
    [
      'the browser claims support, and fails',
      long,
      () =>
        vi.stubGlobal('CompressionStream', function fail() {
          throw new TypeError('Unsupported compression format')
        }),
    ],
  ])('is skipped when %s', async (_, text, prepare) => {
    prepare()
    const body = await pack(text)
    expect(body).toBe(text)
    await send(url, body)
    expect(requests[0]?.url).toBe(url)
  })

  test('makes only the compressed size count against the limit that requests share', async () => {
    network = () => new Promise(() => {})
    const before = leavingBytes()
    const body = await pack('x'.repeat(50_000))
    const other = createTransport()
    void other.send(url, body)
    await Promise.resolve()
    expect(before - other.leavingBytes()).toBe(body.length)
    expect(requests[0]?.keepalive).toBe(true)
  })
})

test.each([
  ['shop.example', '&id_cookie=shop.example'],
  ['', '&id_cookie='],
])('a collector that sets the cookie again receives its domain: %j', async (domain, expected) => {
  const transport = createTransport(() => domain)
  await transport.send(url, '{}')
  await transport.sendLeaving(url, '{}')
  expect(requests.map((request) => request.url)).toEqual(Array(2).fill(url + expected))
})

describe('431, the answer to headers that are too large', () => {
  const answers = (...statuses: number[]) => {
    network = async () => Response.json({}, { status: statuses.shift() ?? 200 })
  }

  test('makes later requests omit cookies', async () => {
    const transport = createTransport()
    answers(431)
    expect(await transport.send(url, '{}')).toMatchObject({ status: 431 })
    expect(await transport.send(url, '{}')).toMatchObject({ status: 200 })
    await transport.sendLeaving(url, '{}')
    expect(requests.map(({ credentials }) => credentials)).toEqual(['same-origin', 'omit', 'omit'])
  })
})

test('sendLeaving has started when it returns', () => {
  void sendLeaving(url, '{}')
  expect(requests).toHaveLength(1)
})

test('an answer that is not complete within 10 s is status 0', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort())
  network = (request) =>
    request.signal.aborted ? Promise.reject(request.signal.reason) : Promise.resolve(new Response())
  expect(await send(url, '{}')).toEqual({ status: 0 })
  expect(timeout).toHaveBeenCalledWith(10_000)
  timeout.mockRestore()
})
