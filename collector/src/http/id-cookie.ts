/**
 * Renews the id cookie when the collector is on the page's own origin. Safari deletes cookies written by scripts after 7 days,
 * but keeps those set by a response (https://webkit.org/blog/8613/intelligent-tracking-prevention-2-1/).
 */

/** 400 days: Chromium's maximum lifetime of a cookie. */
const maxAgeS = 34_560_000

/** `1.<anonymous id>.<session id>.<session start, ms>.<last seen, ms>`; no session after a logout. */
const form = /^1\.[\w~%-]{1,128}\.[\w~%-]{0,128}\.\d{0,16}\.\d{0,16}$/

export interface IdCookieRequest {
  /** The domain that the SDK requests; '': this host only; undefined: no cookie requested. */
  domain: string | undefined
  isHttps: boolean
  /** Request headers. */
  cookie: string | undefined
  host: string | undefined
  origin: string | undefined
  secFetchSite: string | undefined
}

/** The value of `Set-Cookie` that extends the request's cookie. Undefined: it has none, or may not set one. */
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

/** Host and domain may each have one; the first valid one counts. */
function valueIn(cookies: string): string | undefined {
  return cookies
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith('hw_id='))
    .map((pair) => pair.slice('hw_id='.length))
    .find((value) => form.test(value))
}

/** By `Sec-Fetch-Site`; by `Origin` in browsers that do not send it (Safari before 16.4). */
function isSameOrigin({ secFetchSite, origin, host }: IdCookieRequest): boolean {
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin'
  if (!origin || !host || !URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase()
}

/** An IP address has no parent domain. */
function covers(domain: string, name: string): boolean {
  if (domain === '') return true
  if (!/^[a-z\d-]+(\.[a-z\d-]+)*$/.test(domain)) return false
  return name === domain || (name.endsWith(`.${domain}`) && !/^[\d.]+$/.test(name))
}
