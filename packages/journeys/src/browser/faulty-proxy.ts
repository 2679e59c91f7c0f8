/** A proxy between a page and its collector that fails in every way a network does, and records each batch. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Batch, WireEvent } from '@headwater/contract'

const unzip = promisify(gunzip)

/** One request to store events. Times are epoch ms. */
export interface BatchRequest {
  token: string | null
  events: WireEvent[]
  /** As received, perhaps compressed. */
  bytes: number
  isGzip: boolean
  startedAt: number
  /** Absent while it is in flight. */
  endedAt?: number
  /** The collector has processed it, whatever answer the page got. */
  isStored: boolean
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** What a request is answered; `forward` asks the collector. Without a reply the connection is closed. */
export type Answering = (
  batch: BatchRequest,
  forward: () => Promise<Reply>,
) => Reply | undefined | Promise<Reply | undefined>

export const pass: Answering = (_, forward) => forward()

export const say =
  (status: number, headers?: Record<string, string>, body?: string): Answering =>
  () => ({ status, headers, body })

/** The connection breaks before the collector has received anything. */
export const breakOff: Answering = () => undefined

/** The collector stores the batch, but the page never gets the answer. */
export const loseAnswer: Answering = async (_, forward) => void (await forward())

const html = { 'content-type': 'text/html' }

/** What a hotel's network answers to every request until its guest has signed in. */
export const captivePortal = say(200, html, '<!doctype html><title>Welcome</title>')

/** What a firewall answers to a body that looks like an attack. */
export const firewall = say(400, html, '<!doctype html><title>Request blocked</title>')

/** Gives this answer to matching batches, and passes the others. */
export const when =
  (isMeant: (batch: BatchRequest) => boolean, answering: Answering): Answering =>
  (batch, forward) =>
    isMeant(batch) ? answering(batch, forward) : forward()

/** Gives these answers to the next batches, and passes the rest. */
export const firstly = (count: number, answering: Answering): Answering => {
  let left = count
  return when(() => left-- > 0, answering)
}

/** Answers after a delay, so that overlapping requests can be observed. */
export const after =
  (ms: number, answering: Answering): Answering =>
  async (batch, forward) => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    return answering(batch, forward)
  }

export interface FaultyProxy {
  /** The origin of the pages: each has the script tag, except those under /elsewhere. Localhost is another site. */
  pages: { origin: string; otherOrigin: string }
  /** Where the SDK sends to. */
  endpoint: string
  /** All received requests, in order. */
  batches: BatchRequest[]
  /** The most requests that were ever in flight together. */
  mostAtOnce(): number
  /** How batches are answered from now on; at first they pass. */
  answer(answering: Answering): void
  /** From now on each page runs this function before everything else. */
  runFirst<Argument>(run: (argument: Argument) => void, argument?: Argument): void
  /** Closes the port that the SDK sends to. The pages stay up. */
  refuse(): Promise<void>
  /** Opens that port again. */
  listen(): Promise<void>
  close(): Promise<void>
}

/** Starts in front of the collector at this address, on free ports; its pages use this token. */
export async function startFaultyProxy(collectorUrl: string, token: string): Promise<FaultyProxy> {
  const script = await (await fetch(`${collectorUrl}/sdk.js`)).text()
  const batches: BatchRequest[] = []
  let answering = pass
  let underWay = 0
  let mostAtOnce = 0
  let first = ''

  async function takeBatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new Uint8Array(await buffer(request))
    const batch = await readBatch(request, body)
    batches.push(batch)
    mostAtOnce = Math.max(mostAtOnce, ++underWay)
    const forward = async () => {
      const reply = await ask(collectorUrl, request, body)
      batch.isStored = reply.status === 200
      return reply
    }
    const reply = await Promise.resolve(answering(batch, forward)).finally(() => underWay--)
    batch.endedAt = Date.now()
    if (reply) write(response, reply)
    else response.destroy()
  }

  const endpoint = listener((request, response) => {
    // A closed page closes its connection: then there is no one to answer.
    takeBatch(request, response).catch(() => response.destroy())
  })
  await endpoint.listen()
  const page = shopPage(token, endpoint.origin())
  const pages = listener(({ url = '' }, response) => {
    if (url === '/sdk.js') write(response, { status: 200, headers: javascript, body: script })
    else
      write(response, {
        status: 200,
        headers: html,
        body: url.startsWith('/elsewhere') ? elsewhere : first + page,
      })
  })
  await pages.listen()

  return {
    pages: {
      origin: pages.origin(),
      otherOrigin: `${pages.origin().replace('127.0.0.1', 'localhost')}/elsewhere`,
    },
    endpoint: endpoint.origin(),
    batches,
    mostAtOnce: () => mostAtOnce,
    answer(next) {
      answering = next
    },
    runFirst(run, argument) {
      first += `<script>(${run})(${JSON.stringify(argument)})</script>`
    },
    refuse: endpoint.close,
    listen: endpoint.listen,
    async close() {
      await Promise.all([pages.close(), endpoint.close()])
    },
  }
}

const javascript = { 'content-type': 'text/javascript' }

const elsewhere = '<!doctype html><title>Elsewhere</title>'

/** Listens before the SDK starts, so that no notice is missed. */
const shopPage = (token: string, endpoint: string) => `<!doctype html>
<title>Shop</title>
<script>
  notices = { errors: [], dropped: [] }
  headwater = { q: [
    ['on', 'error', ({ code }) => notices.errors.push(code)],
    ['on', 'dropped', ({ reason, count }) => notices.dropped.push({ reason, count })],
  ] }
</script>
<script src="/sdk.js" data-token="${token}" data-endpoint="${endpoint}"></script>`

/** A server that keeps its port while it is closed, so that it can open again. */
function listener(onRequest: RequestListener) {
  const server = createServer(onRequest)
  let port = 0
  return {
    origin: () => `http://127.0.0.1:${port}`,
    async listen() {
      if (server.listening) return
      await once(server.listen(port, '127.0.0.1'), 'listening')
      port = (server.address() as AddressInfo).port // listens on TCP, so it has a port
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readBatch(request: IncomingMessage, body: Uint8Array<ArrayBuffer>): Promise<BatchRequest> {
  const query = new URL(request.url ?? '', 'http://proxy').searchParams
  const isGzip = query.get('encoding') === 'gzip' || request.headers['content-encoding'] === 'gzip'
  const text = new TextDecoder().decode(isGzip ? await unzip(body) : body)
  const { events } = JSON.parse(text) as Batch // written by the SDK
  return {
    token: query.get('token'),
    events: events as WireEvent[], // so are they
    bytes: body.length,
    isGzip,
    startedAt: Date.now(),
    isStored: false,
  }
}

async function ask(
  collectorUrl: string,
  { url, headers }: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
): Promise<Reply> {
  const passed = ['content-type', 'content-encoding', 'user-agent', 'origin']
  const answer = await fetch(collectorUrl + url, {
    method: 'POST',
    body,
    headers: passed.flatMap((name): [string, string][] =>
      headers[name] ? [[name, `${headers[name]}`]] : [],
    ),
  })
  const contentType = answer.headers.get('content-type') ?? ''
  return { status: answer.status, headers: { 'content-type': contentType }, body: await answer.text() }
}

// Every page may read every answer, as if collector and page shared their origin. No connection is kept alive, because
// Chromium resends a request by itself when a reused connection breaks.
function write(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Retry-After',
    connection: 'close',
    ...headers,
  })
  response.end(body)
}
