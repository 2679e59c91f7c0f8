/** States what goes over the wire, against a real server. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { createTransport } from './transport.ts'

interface Seen {
  url: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function listen(answer: (response: ServerResponse) => void) {
  const seen: Seen[] = []
  server = createServer(async (request, response) => {
    const isGzip = request.headers['content-encoding'] === 'gzip'
    const raw = Buffer.from(
      await request
        .setEncoding('latin1')
        .toArray()
        .then((pieces) => pieces.join('')),
      'latin1',
    )
    seen.push({ url: request.url, headers: request.headers, body: `${isGzip ? gunzipSync(raw) : raw}` })
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { address: `http://127.0.0.1:${port}/v1/batch?token=hw_sec_abcd1234_secret`, seen }
}

const ok = (response: ServerResponse) => response.end('{"accepted":1}')

test('the token goes in a header, and in no address', async () => {
  const { address, seen } = await listen(ok)
  expect(await createTransport(undefined).send(address, '{}')).toEqual({
    status: 200,
    body: { accepted: 1 },
    retryAfter: null,
  })
  expect(seen[0]).toMatchObject({
    url: '/v1/batch',
    body: '{}',
    headers: { authorization: 'Bearer hw_sec_abcd1234_secret', 'content-type': 'application/json' },
  })
})

test('its user agent is no bot’s', async () => {
  const { address, seen } = await listen(ok)
  await createTransport(undefined).send(address, '{}')
  expect(seen[0]?.headers['user-agent']).toBe('')
})

test('a large body is compressed, a small one is not', async () => {
  const { address, seen } = await listen(ok)
  const transport = createTransport(undefined)
  const large = JSON.stringify({ text: 'ü'.repeat(2_000) })
  for (const body of [large, '{}']) await transport.send(address, await transport.pack(body))
  expect(seen.map(({ body, headers }) => [body, headers['content-encoding']])).toEqual([
    [large, 'gzip'],
    ['{}', undefined],
  ])
})

test.each([
  [503, 503],
  [401, 401],
  [301, 301], // not followed: another server must not get the token
  [431, 403], // the core would try smaller headers, and there are none
])('status %i is answered as %i', async (status, answered) => {
  const { address, seen } = await listen((response) =>
    response.writeHead(status, { location: '/other', 'retry-after': '7' }).end('no JSON'),
  )
  const answer = await createTransport(undefined).send(address, '{}')
  expect(answer).toEqual({ status: answered, body: undefined, retryAfter: '7' })
  expect(seen).toHaveLength(1)
})

test('no connection is status 0', async () => {
  const { address } = await listen(ok)
  server.close()
  await once(server, 'close')
  expect(await createTransport(undefined).send(address, '{}')).toEqual({ status: 0 })
})

test('stop ends what is under way, and sends nothing more', async () => {
  const { address, seen } = await listen(() => transport.stop())
  const transport = createTransport(undefined)
  expect(await transport.send(address, '{}')).toEqual({ status: 0 })
  expect(await transport.send(address, '{}')).toEqual({ status: 0 })
  expect(seen).toHaveLength(1)
})

test('requests go through the fetch of the options', async () => {
  const urls: string[] = []
  const transport = createTransport(async (url) => {
    urls.push(url)
    return new Response('{}', { status: 503 })
  })
  expect((await transport.send('https://t.example.com/v1/batch?token=hw_sec_a', '{}')).status).toBe(503)
  expect(urls).toEqual(['https://t.example.com/v1/batch'])
})
