/** Sends batches over HTTP, as simple requests that need no CORS preflight. */
import ky from 'ky'
import { parseRetryAfter } from '../core/backoff.ts'
import type { Answer, Transport } from '../core/ports.ts'

/** Browsers share 64 KiB across all keepalive requests of a page, and we leave room for headers. */
const keepaliveBytes = 60_000
/** The collector answers within 3 s or says 503; ten leave room for a slow network. */
const timeoutMs = 10_000

type Request = (url: string, init: RequestInit) => Promise<Response>

export function createTransport(): Transport {
  let bytesAloft = 0

  async function exchange(request: Request, url: string, text: string): Promise<Answer> {
    const body = new TextEncoder().encode(text) // the place to compress it
    // A small request outlives the page too, so what is on its way need not be sent again when the page leaves.
    const keepalive = body.length <= keepaliveBytes - bytesAloft
    const bytes = keepalive ? body.length : 0
    bytesAloft += bytes
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      const headers = { 'content-type': 'text/plain' }
      const init = { method: 'POST', body, headers, keepalive, signal: deadline.signal }
      return await readAnswer(await request(url, init))
    } catch {
      return { status: 0 } // whatever it was, no answer came: the flush loop keeps the events and tries again
    } finally {
      clearTimeout(timer)
      bytesAloft -= bytes
    }
  }

  return {
    send: (url, body) => exchange(viaKy, url, body),
    sendLeaving: (url, body) => exchange(fetch, url, body), // ky starts a tick later
    leavingBytes: () => keepaliveBytes - bytesAloft,
  }
}

// ky's own time limit ends with the headers; ours also covers reading the answer.
const viaKy: Request = (url, init) => ky(url, { ...init, retry: 0, throwHttpErrors: false, timeout: false })

async function readAnswer(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined) // no JSON is no receipt
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now())
  return { status: response.status, body, retryAfterMs }
}
