/** Whether the proxy handles requests as configured, and records them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { after, type FaultyProxy, firstly, loseAnswer, pass, say, startFaultyProxy } from './faulty-proxy.ts'

const events = [{ idempotency_key: 'k1', type: 'track', name: 'e' }]
const body = JSON.stringify({ v: 1, events })
let taken: string[] = []
let proxy: FaultyProxy

/** Accepts every batch, and serves a script. */
const collector = createServer(async (request, response) => {
  if (request.method === 'POST') taken.push(request.url ?? '')
  response.end(request.method === 'POST' ? '{"accepted":1}' : 'script()')
})

beforeEach(async () => {
  taken = []
  await once(collector.listen(0, '127.0.0.1'), 'listening')
  const { port } = collector.address() as AddressInfo // listens on TCP, so it has a port
  proxy = await startFaultyProxy(`http://127.0.0.1:${port}`, 'hw_pub_x')
})
afterEach(async () => {
  await proxy.close()
  collector.close()
})

const send = (sent: BodyInit = body, more = '') =>
  fetch(`${proxy.endpoint}/v1/batch?token=hw_pub_x${more}`, { method: 'POST', body: sent })

test('a batch passes to the collector and its answer comes back', async () => {
  expect(await (await send()).json()).toEqual({ accepted: 1 })
  expect(taken).toEqual(['/v1/batch?token=hw_pub_x'])
  expect(proxy.batches).toMatchObject([{ token: 'hw_pub_x', events, bytes: body.length, isStored: true }])
})

test('a compressed batch is recorded uncompressed, with its compressed size', async () => {
  const packed = new Uint8Array(gzipSync(body))
  await send(packed, '&encoding=gzip')
  expect(proxy.batches).toMatchObject([{ events, bytes: packed.length, isGzip: true, isStored: true }])
})

test('a configured status is sent with its headers, and the collector receives nothing', async () => {
  proxy.answer(firstly(1, say(429, { 'retry-after': '6' })))
  const answer = await send()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '6'])
  expect(taken).toEqual([])
  expect((await send()).status).toBe(200)
})

test('the request of a lost answer has reached the collector', async () => {
  proxy.answer(loseAnswer)
  await expect(send()).rejects.toThrow('fetch failed')
  expect(taken).toHaveLength(1)
  expect(proxy.batches).toMatchObject([{ isStored: true }])
})

test('a closed port refuses connections, and reopens with the same number', async () => {
  const before = proxy.endpoint
  await proxy.refuse()
  await expect(send()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  await proxy.listen()
  expect(proxy.endpoint).toBe(before)
  expect((await send()).status).toBe(200)
})

test('requests that overlap are counted as such', async () => {
  await send()
  expect(proxy.mostAtOnce()).toBe(1)
  proxy.answer(after(50, pass))
  await Promise.all([send(), send()])
  expect(proxy.mostAtOnce()).toBe(2)
})

test('its pages start the SDK with token and endpoint, except under /elsewhere', async () => {
  const page = await (await fetch(`${proxy.pages.origin}/shop`)).text()
  expect(page).toContain(`data-token="hw_pub_x" data-endpoint="${proxy.endpoint}"`)
  expect(await (await fetch(proxy.pages.otherOrigin)).text()).not.toContain('headwater')
  expect(await (await fetch(`${proxy.pages.origin}/sdk.js`)).text()).toBe('script()')
})
