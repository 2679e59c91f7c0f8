/** Sends batches with the app's `fetch`. */
import type { Answer, Body, Clock, Transport } from '../core/ports.ts'

/** Compresses a text by gzip, as `gzipSync(strToU8(text))` of fflate does. */
export type Gzip = (text: string) => Uint8Array | Promise<Uint8Array>

/** An app keeps running for some seconds in the background; half of what the collector takes in one request. */
const leavingBytes = 500_000
/** The collector answers within 3 s, if only by 503; ten seconds leave room for a slow network. */
const timeoutMs = 10_000
/** A smaller body fits into one packet anyway. */
const worthPacking = 1_000

/** Without `gzip` it compresses nothing: React Native cannot. */
export function createTransport(clock: Clock, gzip?: Gzip): Transport {
  async function send(url: string, body: Body): Promise<Answer> {
    const ending = new AbortController()
    const cancel = clock.after(timeoutMs, () => ending.abort())
    const encoding = typeof body === 'string' ? '' : '&encoding=gzip'
    try {
      const answer = await fetch(url + encoding, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
        credentials: 'omit', // the app's cookies are not for the collector
        signal: ending.signal,
      })
      const receipt = await answer.json().catch(() => undefined) // no JSON is no receipt
      return { status: answer.status, body: receipt, retryAfter: answer.headers.get('retry-after') }
    } catch {
      return { status: 0 } // whatever happened, there was no answer: the flush loop keeps the events and tries again
    } finally {
      cancel()
    }
  }

  return {
    async pack(text) {
      if (!gzip || text.length < worthPacking) return text
      try {
        return new Uint8Array(await gzip(text))
      } catch {
        return text // it goes as it is
      }
    },
    send,
    sendLeaving: (url, body) => send(url, body), // not the same function, by which the core tells the two apart
    leavingBytes: () => leavingBytes,
  }
}
