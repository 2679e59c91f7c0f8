/** Says which site sent a visitor, and what kind of site that is; only the collector needs it. */
import { getDomain, getDomainWithoutSuffix, getPublicSuffix } from 'tldts'
import { appDomains } from './app-domains.ts'
import { ignoredReferrers, isIgnored } from './ignored-referrers.ts'
import { categoryByHost, categoryByPath, type ReferrerCategory } from './referrer-table.ts'

export type { ReferrerCategory } from './referrer-table.ts'

/**
 * The site that sent the visitor: the name under which we know it (`google.de` for `www.google.de`), else its host
 * without `www.`. Undefined when there is none: no readable address, the page's own registrable domain, a local
 * machine, or a host in `ignored`, which only passes visitors on (payment, sign-in).
 */
export function referrerDomain(
  referrerUrl: string | undefined,
  pageUrl: string | undefined,
  ignored: readonly string[] = ignoredReferrers,
): string | undefined {
  const referrer = parsePlace(referrerUrl)
  if (!referrer || isLocal(referrer.host) || isFromWithin(referrer, pageUrl, ignored)) return undefined
  return findKnown(referrer.host)?.domain ?? referrer.host
}

/**
 * Did the visitor come from the site itself, or from a host in `ignored`, which only passes visitors on? Such an arrival
 * does not say where the visitor came from: the touch before it still counts.
 */
export function comesFromWithin(
  referrerUrl: string | undefined,
  pageUrl: string | undefined,
  ignored: readonly string[] = ignoredReferrers,
): boolean {
  const referrer = parsePlace(referrerUrl)
  return referrer !== undefined && isFromWithin(referrer, pageUrl, ignored)
}

/** The kind of site, for an address or a bare domain; `other` for a site that is not in the table. */
export function referrerCategory(referrerUrlOrDomain: string): ReferrerCategory {
  const place = placeOf(referrerUrlOrDomain)
  if (!place) return 'other'
  const byPath = categoryByPath.find((rule) => isWithin(place, rule))
  return (byPath ?? findKnown(place.host))?.category ?? 'other'
}

/** The host of an address or a bare domain, in the spelling of our tables; undefined where there is none. */
export function hostOf(urlOrDomain: string): string | undefined {
  return placeOf(urlOrDomain)?.host
}

/** The name in a host: `google` for `www.google.co.uk`; null where there is none. */
export function siteNameOf(host: string): string | null {
  return getDomainWithoutSuffix(host)
}

/** What DNS allows. A longer host names no site, and would cost a look-up for each of its labels. */
const maxHostLength = 253

interface Place {
  /** Lower case, without port, `www.` and trailing dot. An Android app has the domain of its website, if we know it. */
  host: string
  path: string
}

function placeOf(urlOrDomain: string): Place | undefined {
  return parsePlace(urlOrDomain.includes('://') ? urlOrDomain : `https://${urlOrDomain}`)
}

function parsePlace(url: string | undefined): Place | undefined {
  if (!url || !/^(https?|android-app):\/\//i.test(url)) return undefined
  try {
    const { protocol, hostname, pathname } = new URL(url)
    const host = hostname
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^www\./, '')
    if (!host || host.length > maxHostLength) return undefined
    return { host: (protocol === 'android-app:' && appDomains.get(host)) || host, path: pathname }
  } catch {
    return undefined // an address that no browser would open names no site
  }
}

function isFromWithin(referrer: Place, pageUrl: string | undefined, ignored: readonly string[]): boolean {
  if (isIgnored(referrer, ignored)) return true
  const page = parsePlace(pageUrl)
  return page !== undefined && isSameSite(page.host, referrer.host)
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$|\.localhost$/.test(host)
}

// Private suffixes count: a.github.io and b.github.io are two sites.
function isSameSite(a: string, b: string): boolean {
  if (a === b) return true
  const site = getDomain(a, { allowPrivateDomains: true })
  return site !== null && site === getDomain(b, { allowPrivateDomains: true })
}

function isWithin({ host, path }: Place, rule: Place): boolean {
  return (host === rule.host || host.endsWith(`.${rule.host}`)) && `${path}/`.startsWith(`${rule.path}/`)
}

function findKnown(host: string): { domain: string; category: ReferrerCategory } | undefined {
  const found = lookUpHost(host, categoryByHost)
  return found && { domain: found.domain, category: found.value }
}

/** Looks the host up, then its parents, longest first; `google.*` in the table means Google in every country. */
export function lookUpHost<Value>(
  host: string,
  table: ReadonlyMap<string, Value>,
): { domain: string; value: Value } | undefined {
  const suffix = getPublicSuffix(host) ?? ''
  const starred = isCountrySuffix(suffix) ? `${host.slice(0, -suffix.length)}*` : ''
  for (let at = 0; at >= 0 && at < host.length; at = nextLabel(host, at)) {
    const domain = host.slice(at)
    const value = table.get(domain) ?? table.get(starred.slice(at))
    if (value !== undefined) return { domain, value }
  }
  return undefined
}

function nextLabel(host: string, at: number): number {
  const dot = host.indexOf('.', at)
  return dot < 0 ? -1 : dot + 1
}

// Brands hold their name in .com and in the countries; under the newer endings anyone may have been first.
function isCountrySuffix(suffix: string): boolean {
  return /(^|\.)(com|net|org|cat|[a-z]{2})$/.test(suffix)
}
