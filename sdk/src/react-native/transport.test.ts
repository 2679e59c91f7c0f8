/** States how batches leave an app. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { createFakeClock } from '@headwater/testkit/fake-ports'
import { afterEach, expect, test, vi } from 'vitest'
import { createTransport, type Gzip } from './transport.ts'

afterEach(() => void vi.unstubAllGlobals())

const url = 'https://t.example.com/v1/batch?token=t'

function open(respond: () => unknown, gzip?: Gzip) {
  const fetch = vi.fn((_url: string, _init: { signal: AbortSignal; body: unknown }) => respond())
  vi.stubGlobal('fetch', fetch)
  const clock = createFakeClock()
  return { fetch, clock, transport: createTransport(clock, gzip) }
}

test('a batch is posted as text, without the cookies of the app, and its answer is read', async () => {
  const answer = () => Response.json({ accepted: 1 }, { status: 503, headers: { 'retry-after': '7' } })
  const { fetch, clock, transport } = open(async () => answer())
  expect(await transport.send(url, '{}')).toEqual({ status: 503, body: { accepted: 1 }, retryAfter: '7' })
  const [, init] = fetch.mock.calls[0] ?? []
  expect(init).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{}',
    credentials: 'omit',
  })
  expect(clock.timers()).toBe(0)
})

test('an answer without JSON has no body', async () => {
  const { transport } = open(async () => new Response('<html>'))
  expect(await transport.send(url, '{}')).toEqual({ status: 200, body: undefined, retryAfter: null })
})

test.each([
  ['rejects', async () => Promise.reject(new TypeError('Network request failed'))],
  [
    'throws',
    () => {
      throw new Error('no such host')
    },
  ],
])('a fetch that %s is no answer', async (_, respond) => {
  const { transport } = open(respond)
  expect(await transport.send(url, '{}')).toEqual({ status: 0 })
})

test('a request without an answer ends after ten seconds', async () => {
  const { fetch, clock, transport } = open(
    () =>
      new Promise((_, reject) => {
        fetch.mock.calls[0]?.[1].signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  )
  const answer = transport.send(url, '{}')
  await clock.advance(10_000)
  expect(await answer).toEqual({ status: 0 })
})

test('without gzip of the app a body is its text; with it, a large body is compressed', async () => {
  const text = 'x'.repeat(2_000)
  expect(await open(() => {}).transport.pack(text)).toBe(text)
  const { fetch, transport } = open(async () => Response.json({}), gzipSync)
  expect(await transport.pack('short')).toBe('short')
  const body = await transport.pack(text)
  expect(gunzipSync(body).toString()).toBe(text)
  await transport.send(url, body)
  expect(fetch.mock.calls[0]?.[0]).toBe(`${url}&encoding=gzip`)
})

test('when the gzip of the app fails the text goes as it is', async () => {
  const { transport } = open(
    () => {},
    () => {
      throw new Error('no')
    },
  )
  expect(await transport.pack('x'.repeat(2_000))).toHaveLength(2_000)
})
