/** Sends batches over HTTP, as simple requests that need no CORS preflight. */
import ky from 'ky'
import type { Answer, Transport } from '../core/ports.ts'

/** Browsers share 64 KiB across all keepalive requests of a page, and we leave room for headers. */
const keepaliveBytes = 60_000
/** The collector answers within 3 s or says 503; ten leave room for a slow network. */
const timeoutMs = 10_000

export function createTransport(): Transport {
  let bytesAloft = 0

  async function exchange(request: typeof viaKy, url: string, text: string): Promise<Answer> {
    const body = new TextEncoder().encode(text)
    // A small request outlives the page too, so what is on its way need not be sent again when the page leaves.
    const keepalive = body.length <= keepaliveBytes - bytesAloft
    const bytes = keepalive ? body.length : 0
    bytesAloft += bytes
    try {
      const headers = { 'content-type': 'text/plain' }
      // ky's own time limit ends with the headers; this one also covers reading the answer.
      const signal = AbortSignal.timeout?.(timeoutMs) // Safari before 16 lacks it
      return await readAnswer(await request(url, { method: 'POST', body, headers, keepalive, signal }))
    } catch {
      return { status: 0 } // whatever it was, no answer came: the flush loop keeps the events and tries again
    } finally {
      bytesAloft -= bytes
    }
  }

  return {
    send: (url, body) => exchange(viaKy, url, body),
    sendLeaving: (url, body) => exchange(fetch, url, body), // ky starts a tick later
    leavingBytes: () => keepaliveBytes - bytesAloft,
  }
}

const viaKy = (url: string, init: RequestInit): Promise<Response> =>
  ky(url, { ...init, retry: 0, throwHttpErrors: false })

async function readAnswer(response: Response): Promise<Answer> {
  const body = await response.json().catch(() => undefined) // no JSON is no receipt
  return { status: response.status, body, retryAfter: response.headers.get('retry-after') }
}
