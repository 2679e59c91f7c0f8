/** A website with the built script tag on its pages, and a collector that accepts and records everything. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { WireEvent } from '@headwater/contract'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'

export const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'

/** A script that never loads. */
export const neverComes = '/never.js'

/** What a page of the site contains. */
export interface PageParts {
  /** Attributes of the tag in addition to its address and token, as in `{ 'data-consent': 'pending' }`. */
  tag?: Record<string, string>
  /** Before the tag. */
  head?: string
  /** After the tag. */
  body?: string
  /** The stub is inlined before the tag. */
  hasStub?: boolean
  /** The page has neither tag nor stub. */
  isBare?: boolean
  /** The whole page as it is, in place of all of the above. */
  whole?: string
  headers?: Record<string, string>
}

/** What the collector answers to a batch: a status, or undefined to close the connection. 200 is a receipt. */
export type Answering = (
  events: WireEvent[],
  token: string,
) => number | undefined | Promise<number | undefined>

export interface TestSite {
  port: number
  /** The site by its address; browsers that map host names reach it by any of them. */
  origin: string
  /** What pages contain, by path. Missing parts are taken from `'*'`, except on bare pages. */
  pages: Record<string, PageParts>
  /** Path and query of each page that was asked for, in order. */
  addresses: string[]
  /** The body of each request that stored events, as text. */
  bodies: string[]
  /** What pages with `reportHere` wrote to their console, and threw. */
  said: string[]
  thrown: string[]
  /** Each received event, in order. */
  events: WireEvent[]
  /** Each event with the token it was sent with. */
  byToken: [token: string, event: WireEvent][]
  answer(answering: Answering): void
  /** How many batches have got their answer, or a closed connection. */
  answered(): number
  /** From now on each page runs this function before everything else. */
  runFirst<Argument>(run: (argument: Argument) => void, argument: Argument): void
  /** From now on the SDK does not load, until it is restored. */
  withholdSdk(): void
  restoreSdk(): void
  close(): Promise<void>
}

const fromRoot = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')

const javascript = 'text/javascript; charset=utf-8'

export async function startTestSite(): Promise<TestSite> {
  const server = createServer(respond)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP, so it has a port
  let answering: Answering = () => 200
  let isWithheld = false
  let answered = 0
  const first: string[] = []

  const site: TestSite = {
    port,
    origin: `http://127.0.0.1:${port}`,
    pages: {},
    addresses: [],
    bodies: [],
    said: [],
    thrown: [],
    events: [],
    byToken: [],
    answer(next) {
      answering = next
    },
    answered: () => answered,
    runFirst(run, argument) {
      first.push(`<script>(${run})(${JSON.stringify(argument)})</script>`)
    },
    withholdSdk() {
      isWithheld = true
    },
    restoreSdk() {
      isWithheld = false
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://host')
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cache-control', 'no-store')
    if (url.pathname === '/v1/batch') return takeBatch(request, url, response)
    if (url.pathname === '/said' || url.pathname === '/thrown') return takeReport(request, url, response)
    if (url.pathname === neverComes || (url.pathname === '/sdk.js' && isWithheld)) return
    if (url.pathname === '/favicon.ico') return void response.writeHead(204).end()
    if (url.pathname.endsWith('.js')) {
      response.setHeader('content-type', javascript)
      response.end(await scriptAt(url.pathname))
      return
    }
    site.addresses.push(url.pathname + url.search)
    const own = site.pages[url.pathname]
    const parts = own?.isBare ? own : { ...site.pages['*'], ...own }
    response.setHeader('content-type', 'text/html')
    for (const [name, value] of Object.entries(parts.headers ?? {})) response.setHeader(name, value)
    response.end((parts.whole ? '' : first.join('')) + (await pageOf(parts, site.origin)))
  }

  async function takeReport(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const list = url.pathname === '/said' ? site.said : site.thrown
    list.push((await buffer(request)).toString())
    response.writeHead(204).end()
  }

  async function takeBatch(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const text = (url.searchParams.get('encoding') === 'gzip' ? gunzipSync(body) : body).toString()
    const { events } = JSON.parse(text) as { events: WireEvent[] } // written by the SDK
    const token = url.searchParams.get('token') ?? ''
    site.bodies.push(text)
    site.events.push(...events)
    site.byToken.push(...events.map((event): [string, WireEvent] => [token, event]))
    const status = await answering(events, token)
    response.once('close', () => answered++)
    if (status === undefined) return void response.destroy()
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(status === 200 ? receiptFor(events) : '{}')
  }

  return site
}

/**
 * An address of the site under a name that is a secure context, allows cookies for all its subdomains, and is another origin
 * than the collector's, which has the IP address.
 */
export const at = (site: TestSite, path = '/'): string => `http://www.shop.localhost:${site.port}${path}`

/** Runs in a page before its own scripts, for browsers whose driver does not report what pages log and throw. */
export function reportHere(origin: string): void {
  const send = navigator.sendBeacon.bind(navigator)
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    const own = console[level].bind(console)
    console[level] = (...parts) => {
      send(`${origin}/said`, parts.join(' '))
      own(...parts)
    }
  }
  addEventListener('error', ({ message }) => send(`${origin}/thrown`, message))
  addEventListener('unhandledrejection', ({ reason }) => send(`${origin}/thrown`, `${reason}`))
}

/** The names of the received events, in order. */
export const names = (site: TestSite): string[] => site.events.map(nameOf)

export const named = (site: TestSite, name: string): WireEvent[] =>
  site.events.filter((event) => nameOf(event) === name)

/** Gives a page `npm.createClient`, the client of the npm package. */
export async function addClientMaker(page: Page): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../../../sdk/dist/browser.js', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'npm',
  })
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
}

const nameOf = ({ name, type }: WireEvent): string => name ?? type

function receiptFor(events: unknown[]): string {
  return JSON.stringify({ request_id: 'r', accepted: events.length, duplicate: 0, rejected: 0, results: [] })
}

const scriptAt = (path: string): Promise<string> =>
  fromRoot(path === '/sdk.js' ? 'sdk/dist/script.js' : `collector/dist${path}`).catch(() => '')

async function pageOf(parts: PageParts, origin: string): Promise<string> {
  const { tag, head = '', body = '', hasStub, isBare, whole } = parts
  if (whole) return whole
  if (isBare) return `<!doctype html><title>Bare</title>${head}${body}`
  const attributes = { src: `${origin}/sdk.js`, 'data-token': token, ...tag }
  const written = Object.entries(attributes).map(
    ([name, value]) => `${name}="${value.replaceAll('"', '&quot;')}"`,
  )
  const stub = hasStub ? `<script>${await fromRoot('sdk/dist/stub.js')}</script>` : ''
  return `<!doctype html><title>Shop</title>${stub}${head}
    <script async ${written.join(' ')}></script>${body}`
}
