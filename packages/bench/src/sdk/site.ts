/** The website of the SDK's runs: pages with and without the SDK, and on another origin a collector that only answers. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { Batch } from '@headwater/contract'
import { bundleForSite, readShipped } from '../shipped.ts'

export interface Site {
  address(page: PageName): string
  /** Does `work`, and resolves with its result and the batches accepted meanwhile; rejects unless they contain so many events. */
  receive<Result>(events: number, work: () => Promise<Result>): Promise<Received<Result>>
  /** From now on the collector accepts batches, or answers 503. Initially it accepts. */
  answer(how: 'accept' | 'refuse'): void
  close(): Promise<void>
}

export type PageName = 'empty' | 'script' | 'scriptWithoutGzip' | 'scriptPending' | 'npm'

export interface Received<Result> {
  result: Result
  batches: ReceivedBatch[]
}

export interface ReceivedBatch {
  events: number
  bodyBytes: number
  /** As HTTP/1.1 writes them. */
  headerBytes: number
}

const token = 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs'

export async function startSite(): Promise<Site> {
  const accepted: ReceivedBatch[] = []
  let isRefusing = false

  async function takeBatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const batch = await readBatch(request)
    if (!isRefusing) accepted.push(batch)
    response.writeHead(isRefusing ? 503 : 200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    })
    const receipt = { request_id: 'r', accepted: batch.events, duplicate: 0, rejected: 0, results: [] }
    response.end(JSON.stringify(isRefusing ? {} : receipt))
  }

  const collector = await listen((request, response) => {
    takeBatch(request, response).catch(() => response.destroy()) // the tab was closed while it sent
  })
  const scripts: Record<string, string> = {
    '/sdk.js': readShipped('sdk/dist/script.js'),
    '/npm.js': await bundleForSite(npmCode(collector.origin), 'iife'),
  }
  const tag = `<script src="/sdk.js" data-token="${token}" data-endpoint="${collector.origin}"></script>`
  const html: Record<PageName, string> = {
    empty: '',
    script: tag,
    scriptWithoutGzip: `<script>delete window.CompressionStream</script>${tag}`,
    scriptPending: tag.replace('data-token', 'data-consent="pending" data-token'),
    npm: '<script src="/npm.js"></script>',
  }
  const pages = await listen(({ url = '' }, response) => {
    const script = scripts[url]
    response.writeHead(200, { ...isolated, 'content-type': script ? 'text/javascript' : 'text/html' })
    response.end(script ?? `<!doctype html><title>Shop</title>${html[url.slice(1) as PageName]}`)
  })

  return {
    address: (page) => `${pages.origin}/${page}`,
    async receive(events, work) {
      accepted.length = 0
      const result = await work()
      const came = accepted.reduce((sum, batch) => sum + batch.events, 0)
      if (came !== events)
        throw new Error(`${came} events arrived instead of ${events}: the measurement is invalid.`)
      return { result, batches: [...accepted] }
    },
    answer(how) {
      isRefusing = how === 'refuse'
    },
    async close() {
      await Promise.all([pages.close(), collector.close()])
    },
  }
}

/** Isolated pages have a clock of 5 µs; the others' is one of 100 µs. */
const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const npmCode = (endpoint: string) => `
  import { createClient } from '@headwater/sdk'
  const startedAt = performance.now()
  window.headwater = createClient({ token: '${token}', endpoint: '${endpoint}' })
  window.createdInMs = performance.now() - startedAt`

async function readBatch(request: IncomingMessage): Promise<ReceivedBatch> {
  const body = await buffer(request)
  const isGzip = request.url?.includes('encoding=gzip')
  const { events } = JSON.parse((isGzip ? gunzipSync(body) : body).toString()) as Batch // written by the SDK
  const { method, url, rawHeaders } = request
  const lines = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0) // a colon and a space, or the line's end
  const headerBytes = `${method} ${url} HTTP/1.1\r\n\r\n`.length + lines
  return { events: events.length, bodyBytes: body.length, headerBytes }
}

async function listen(onRequest: RequestListener) {
  const server = createServer(onRequest)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
