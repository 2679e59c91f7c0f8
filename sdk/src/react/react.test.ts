// @vitest-environment happy-dom
/** States what the provider and the hooks do in a real React. */
import 'fake-indexeddb/auto'
import type { WireEvent } from '@headwater/contract'
import { giveCookies, goTo } from '@headwater/testkit/fake-cookies'
import { Activity, act, createElement, type ReactNode, StrictMode, useEffect } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../core/api.ts'
import { HeadwaterProvider, type HeadwaterProviderProps, useConsent, useHeadwater } from './index.ts'

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'
let endpoint = ''
let events: WireEvent[] = []
let opened = 0
let root: Root
const clients = new Set<Client>()

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  goTo('https://www.shop.example/')
  giveCookies()
  localStorage.clear()
  events = []
  endpoint = `https://react${++opened}.example.com`
  Reflect.deleteProperty(window, 'CompressionStream')
  vi.stubGlobal('fetch', async (input: Request, init?: RequestInit) => {
    const batch = JSON.parse(await new Request(input, init).text()) as { events: WireEvent[] }
    events.push(...batch.events)
    const receipt = { request_id: 'r', accepted: batch.events.length, duplicate: 0, rejected: 0, results: [] }
    return Response.json(receipt)
  })
  root = createRoot(document.body.appendChild(document.createElement('main')))
})
afterEach(async () => {
  await act(async () => root.unmount())
  await timersPass()
  for (const client of clients) await client.shutdown()
  clients.clear()
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

/** Lets timers of 0 ms run. */
const timersPass = () => new Promise((resolve) => setTimeout(resolve, 5))

const provide = (child: ReactNode, options: Partial<HeadwaterProviderProps> = {}) =>
  createElement(HeadwaterProvider, { token, endpoint, ...options }, child)
const render = (node: ReactNode) => act(async () => root.render(node))
const strict = (node: ReactNode) => createElement(StrictMode, null, node)

/** Calls its client once it is on the page, each time React runs its effects. */
function Caller({ call }: { call?: (client: Client) => void }): ReactNode {
  const client = useHeadwater()
  useEffect(() => {
    clients.add(client)
    call?.(client)
  }, [client, call])
  return 'shop'
}

async function delivered(): Promise<(string | undefined)[]> {
  for (const client of clients) await client.flush()
  return events.map(({ name }) => name)
}

describe('a provider', () => {
  test('records the page view, before what its components record', async () => {
    await render(provide(createElement(Caller, { call: (hw) => hw.track('a') })))
    expect(await delivered()).toEqual(['page_view', 'a'])
  })

  test('in strict mode starts one client, and records one page view', async () => {
    await render(strict(provide(createElement(Caller))))
    await timersPass()
    expect(await delivered()).toEqual(['page_view'])
    expect(clients.size).toBe(1)
    expect(new Set(events.map(({ stream }) => stream)).size).toBe(1)
  })

  test('keeps its client when it renders again, with other options too', async () => {
    await render(provide(createElement(Caller)))
    await render(provide(createElement(Caller), { flushIntervalMs: 1 }))
    expect(await delivered()).toEqual(['page_view'])
    expect(clients.size).toBe(1)
  })

  test('records the pages of a router', async () => {
    await render(strict(provide(createElement(Caller))))
    history.pushState(null, '', 'https://www.shop.example/cart')
    await vi.waitFor(async () => expect(await delivered()).toEqual(['page_view', 'page_view']))
    expect(events[1]?.url).toBe('https://www.shop.example/cart')
  })

  test('that is removed ends its client, which delivers first', async () => {
    await render(provide(createElement(Caller)))
    await act(async () => root.render(null))
    await vi.waitFor(() => expect(events).toHaveLength(1))
    const [client] = clients
    const dropped = vi.fn()
    client?.on('dropped', dropped)
    client?.track('late')
    expect(dropped).toHaveBeenCalledWith({ reason: 'shut_down', count: 1 })
  })

  test('that is hidden for long and shown again has a client that records', async () => {
    const children = provide(createElement(Caller))
    const page = (mode: 'visible' | 'hidden') => createElement(Activity, { ...{ mode, children } })
    await render(page('visible'))
    await render(page('hidden'))
    await timersPass()
    await render(page('visible'))
    expect(clients.size).toBe(2)
    const latest = [...clients].at(-1)
    latest?.track('shown')
    expect(await delivered()).toContain('shown')
  })

  test('with an option that cannot work throws its ConfigError', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(render(provide('shop', { token: 'none' }))).rejects.toThrow('createClient: `token` must be')
    log.mockRestore()
  })
})

let say: (state: 'granted' | 'denied') => void = () => {}
function Banner(): ReactNode {
  const [consent, setConsent] = useConsent()
  say = setConsent
  return consent
}

describe('useConsent', () => {
  const page = (options: Partial<HeadwaterProviderProps>) =>
    provide([createElement(Caller, { key: 'caller' }), createElement(Banner, { key: 'banner' })], options)
  const shown = () => document.querySelector('main')?.textContent

  test('starts with the option, and passes the answer to the client and to all components', async () => {
    await render(strict(page({ consent: 'pending' })))
    expect([shown(), await delivered()]).toEqual(['shoppending', []])
    await act(async () => say('granted'))
    expect([shown(), await delivered()]).toEqual(['shopgranted', ['page_view']])
    await act(async () => say('denied'))
    expect(shown()).toBe('shopdenied')
    expect([...clients][0]?.anonymousId()).toBeUndefined()
  })

  test('without the option is granted, or denied by Global Privacy Control', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })
    await render(page({}))
    Reflect.deleteProperty(navigator, 'globalPrivacyControl')
    expect([shown(), await delivered()]).toEqual(['shopdenied', []])
  })
})

function Lost({ hook }: { hook(): unknown }): ReactNode {
  hook()
  return null
}

test.each([
  ['useHeadwater', () => useHeadwater()],
  ['useConsent', () => useConsent()],
])('%s without a provider says what is missing', async (name, hook) => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  await expect(render(createElement(Lost, { hook }))).rejects.toThrow(
    `${name}: needs a <HeadwaterProvider> above it`,
  )
  log.mockRestore()
})

test('what a server has rendered is taken over as it is', async () => {
  const complain = vi.spyOn(console, 'error')
  const main = document.body.appendChild(document.createElement('main'))
  main.innerHTML = '<p>pending</p>'
  const tree = provide(
    [createElement('p', { key: 'p' }, createElement(Banner)), createElement(Caller, { key: 'c' })],
    {
      consent: 'pending',
    },
  )
  main.append('shop')
  await act(async () => {
    root = hydrateRoot(main, strict(tree))
  })
  await act(async () => say('granted'))
  expect(await delivered()).toEqual(['page_view'])
  expect(complain).not.toHaveBeenCalled()
  complain.mockRestore()
})
