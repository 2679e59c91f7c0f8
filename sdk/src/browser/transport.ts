/** Sends batches over HTTP, as simple requests that need no CORS preflight. */
import { type Answer, type Body, headersTooLarge, type Transport } from '../core/ports.ts'
import { utf8Bytes } from '../core/queue/pick.ts'
import { post } from './post.ts'

/** Browsers share 64 KiB across all keepalive requests of a page; this leaves room for headers. */
const keepaliveBytes = 60_000
/** The collector answers within 3 s, if only by 503; ten seconds leave room for a slow network. */
const timeoutMs = 10_000
/** A smaller body fits into one packet anyway. */
const worthPacking = 1_000

/** `idCookieDomain`: a collector on the page's own origin is asked to set the id cookie again on this domain. */
export function createTransport(idCookieDomain?: () => string): Transport {
  let bytesInFlight = 0
  let credentials: RequestCredentials = 'same-origin'

  async function exchange(request: typeof post, url: string, body: Body): Promise<Answer> {
    const [size, encoding] =
      typeof body === 'string' ? [utf8Bytes(body), ''] : [body.length, '&encoding=gzip']
    const cookie = idCookieDomain ? `&id_cookie=${idCookieDomain()}` : ''
    // A small request survives the page too, so what is in flight need not be sent again when the page leaves.
    const bytes = size <= keepaliveBytes - bytesInFlight ? size : 0
    bytesInFlight += bytes
    try {
      // ky's own time limit ends with the headers; this one also covers reading the answer.
      const signal = AbortSignal.timeout?.(timeoutMs) // Safari before 16 lacks it
      const answer = async (): Promise<Answer> => {
        const response = await request(url + encoding + cookie, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain' },
          keepalive: bytes > 0,
          signal,
          credentials,
        })
        // A collector on the page's own origin gets all cookies of the page, and needs none of them.
        if (response.status === headersTooLarge) credentials = 'omit'
        return {
          status: response.status,
          body: await response.json().catch(() => undefined), // no JSON is no receipt
          retryAfter: response.headers.get('retry-after'),
        }
      }
      // WebKit settles no fetch that was in flight when the page entered the back/forward cache.
      const returned = new Promise<never>((_, reject) => {
        addEventListener('pageshow', ({ persisted }) => persisted && reject(), { signal })
      })
      return await Promise.race([answer(), returned])
    } catch {
      return { status: 0 } // whatever happened, there was no answer: the flush loop keeps the events and tries again
    } finally {
      bytesInFlight -= bytes
    }
  }

  return {
    // Where the browser cannot compress, the text goes as it is.
    pack: async (text) => (text.length < worthPacking ? text : gzip(text).catch(() => text)),
    send: (url, body) => exchange(post, url, body),
    sendLeaving: (url, body) => exchange(fetch, url, body), // ky starts a tick later
    leavingBytes: () => keepaliveBytes - bytesInFlight,
  }
}

async function gzip(text: string): Promise<Body> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
