/**
 * The id cookie, set again by the collector when it is reached on the page's own origin. Safari deletes cookies that scripts
 * write after 7 days; those of an answer it keeps (https://webkit.org/blog/8613/intelligent-tracking-prevention-2-1/).
 */

/** 400 days: what Chromium keeps a cookie at most. */
const maxAgeS = 34_560_000

/** `1.<anonymous id>.<session id>.<session start, ms>.<last seen, ms>`; after a logout there is no session. */
const form = /^1\.[\w~%-]{1,128}\.[\w~%-]{0,128}\.\d{0,16}\.\d{0,16}$/

export interface IdCookieRequest {
  /** What the SDK asks for: '' for this host alone; undefined: it does not ask. */
  domain: string | undefined
  isHttps: boolean
  /** Headers as they came. */
  cookie: string | undefined
  host: string | undefined
  origin: string | undefined
  secFetchSite: string | undefined
}

/** What `Set-Cookie` should say: the cookie that came, for longer. Undefined when the request has no right to one, or none to keep. */
export function idCookie(request: IdCookieRequest): string | undefined {
  const { domain, host = '' } = request
  const value = valueIn(request.cookie ?? '')
  const name = host.toLowerCase().replace(/:\d+$/, '')
  if (domain === undefined || !value || !isSameOrigin(request) || !covers(domain, name)) return undefined
  const attributes = ['Path=/', `Max-Age=${maxAgeS}`, 'SameSite=Lax']
  if (domain) attributes.push(`Domain=${domain}`)
  if (request.isHttps) attributes.push('Secure')
  return [`hw_id=${value}`, ...attributes].join('; ') // not HttpOnly: the SDK reads it
}

/** There may be two, of this host and of its domain; the first that can be read counts. */
function valueIn(cookies: string): string | undefined {
  return cookies
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith('hw_id='))
    .map((pair) => pair.slice('hw_id='.length))
    .find((value) => form.test(value))
}

/** By the browser's own word; one that does not say it (Safari before 16.4) tells the origin. */
function isSameOrigin({ secFetchSite, origin, host }: IdCookieRequest): boolean {
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin'
  if (!origin || !host || !URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase()
}

/** An address in figures has no domain above it. */
function covers(domain: string, name: string): boolean {
  if (domain === '') return true
  if (!/^[a-z\d-]+(\.[a-z\d-]+)*$/.test(domain)) return false
  return name === domain || (name.endsWith(`.${domain}`) && !/^[\d.]+$/.test(name))
}
