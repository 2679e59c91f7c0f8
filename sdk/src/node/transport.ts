/** Sends batches over HTTP with the token in a header: addresses end up in logs. */
import { type Answer, type Body, headersTooLarge, type Transport } from '../core/ports.ts'
import type { ServerOptions } from './options.ts'

/** The collector answers within 3 s, if only by 503; ten seconds leave room for a slow network. */
const timeoutMs = 10_000
/** A smaller body fits into one packet anyway. */
const worthPacking = 1_000

export interface ServerTransport extends Transport {
  /** Ends what is under way. From now on there is no answer. */
  stop(): void
}

export function createTransport(request: ServerOptions['fetch']): ServerTransport {
  let stopping: AbortController | undefined
  let isStopped = false

  async function send(address: string, body: Body): Promise<Answer> {
    if (isStopped) return { status: 0 }
    const { url, headers } = withTokenInHeader(address)
    if (typeof body !== 'string') headers['content-encoding'] = 'gzip'
    const ending = new AbortController()
    stopping = ending
    const timer = setTimeout(() => ending.abort(), timeoutMs)
    try {
      const init: RequestInit = { method: 'POST', headers, body, redirect: 'manual', signal: ending.signal }
      return await readAnswer(await (request ?? fetch)(url, init))
    } catch {
      return { status: 0 } // whatever happened, there was no answer: the flush loop keeps the events and tries again
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    pack: async (text) => (text.length < worthPacking ? text : gzip(text).catch(() => text)),
    send,
    sendLeaving: send, // a process has no moment in which only this would work
    leavingBytes: () => 0,
    stop() {
      isStopped = true
      stopping?.abort()
    },
  }
}

/** The core puts the token into the address, as pages have to. */
function withTokenInHeader(address: string) {
  const url = new URL(address)
  const headers: Record<string, string> = {
    authorization: `Bearer ${url.searchParams.get('token')}`,
    'content-type': 'application/json',
    // The collector takes the sender's for the visitor's, and `node` is the name of a bot.
    'user-agent': '',
  }
  url.search = ''
  return { url: url.href, headers }
}

async function gzip(text: string): Promise<Body> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

async function readAnswer(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined) // no JSON is no receipt
  const status = response.status === headersTooLarge ? 403 : response.status // it cannot have fewer headers
  return { status, body, retryAfter: response.headers.get('retry-after') }
}
