// @vitest-environment happy-dom
/** States what the script tag reads from its page, and what it does with calls that came before it. */
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Client } from './index.ts'

let bodies: { events: { name: string }[] }[] = []
let urls: string[] = []
const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'

beforeEach(() => {
  vi.resetModules()
  bodies = []
  urls = []
  vi.stubGlobal('fetch', async (input: Request, init?: RequestInit) => {
    const request = new Request(input, init)
    urls.push(request.url)
    const { events } = JSON.parse(await request.text())
    bodies.push({ events })
    const receipt = { request_id: 'r', accepted: events.length, duplicate: 0, rejected: 0, results: [] }
    return Response.json(receipt)
  })
})
afterEach(async () => {
  await (window.headwater as Client | undefined)?.shutdown?.()
  window.headwater = undefined
  vi.unstubAllGlobals()
})

async function load(attributes: Record<string, string>): Promise<Client> {
  const tag = document.createElement('script')
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value)
  Object.defineProperty(document, 'currentScript', { value: tag, configurable: true })
  await import('./script.ts')
  return window.headwater as Client
}

const names = () => bodies.flatMap(({ events }) => events.map(({ name }) => name))

test('it starts a client by its attributes, and records the page', async () => {
  const client = await load({ 'data-token': token, 'data-endpoint': 'https://t.example.com', src: '/sdk.js' })
  await client.flush()
  expect(new Set(urls)).toEqual(new Set([`https://t.example.com/v1/batch?token=${token}`]))
  expect(names()).toEqual(['page_view'])
})

test('without an endpoint it sends to where it came from', async () => {
  const client = await load({ 'data-token': token, src: 'https://stats.example.com/sdk.js' })
  await client.flush()
  expect(urls[0]).toMatch('https://stats.example.com/v1/batch?')
})

test('calls that were made before are replayed in order; one that is no verb harms nobody', async () => {
  window.headwater = { q: [['track', 'first', { a: 1 }], ['dance'], ['track', 'second']] }
  const client = await load({ 'data-token': token, 'data-endpoint': 'https://t2.example.com' })
  await client.flush()
  expect(names()).toEqual(['page_view', 'first', 'second'])
})

test('a second tag changes nothing', async () => {
  const first = await load({ 'data-token': token, 'data-endpoint': 'https://t3.example.com' })
  vi.resetModules()
  expect(await load({ 'data-token': token, 'data-endpoint': 'https://t3.example.com' })).toBe(first)
})

test('an element with the id headwater is no client', async () => {
  window.headwater = document.createElement('div') as unknown as Client
  const client = await load({ 'data-token': token, 'data-endpoint': 'https://t4.example.com' })
  expect(client.track).toBeTypeOf('function')
})

test('what a person should mend is said on the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const client = await load({ 'data-token': token, 'data-endpoint': 'https://t5.example.com' })
  client.identify('')
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('headwater: identify'))
  warn.mockRestore()
})

test('without a token it says so', async () => {
  await expect(load({ 'data-endpoint': 'https://t6.example.com' })).rejects.toThrow(
    '`token` must be a public token',
  )
})
