/** Cleans an address for storage: what could sign someone in, or name a person, never reaches a table. */
import { limits } from '@headwater/contract'
import { holdsEmail } from './campaign.ts'
import { campaignPairs, isCampaignKey, namePattern, seams } from './campaign-keys.ts'
import { isRecipientId } from './click-id-names.ts'
import {
  announcesSecret,
  holdsSensitivePair,
  isCode,
  isSignedObject,
  withoutSecretSegments,
} from './secret-segments.ts'
import { decodeAscii, isSensitiveKey, plainKey } from './sensitive-keys.ts'

export { sensitiveKeys } from './sensitive-keys.ts'

/**
 * The address as it may be stored: without user name and password, without fragment, without sensitive query keys, without
 * values that hold an e-mail address or a secret, and with placeholders for the parts of the path that do; the rest unchanged,
 * cut at 4,096 characters. The campaign of a fragment moves into the query, and a query that was glued on is joined as
 * usual. Addresses of apps (`myapp://…`) are kept; anything else that is no web address becomes ''. Never throws.
 */
export function storedUrl(url: string): string {
  const text = tidy(url)
  if (!isKept(text)) return ''
  const { address, query } = splitUrl(text)
  const rest = query && keepPairs(query, mayHoldSecret(query) ? isHarmless : isStorable).join('&')
  const safe = safeAddress(address)
  return (rest ? `${safe}?${rest}` : safe).slice(0, limits.url) // cut last: half an e-mail address looks like none
}

/**
 * The address as a device keeps and sends it: without user name and password, without fragment and without sensitive query
 * keys, `alsoSensitive` among them. The campaign of a fragment moves into the query; the id of an e-mail's recipient becomes
 * 1. Small, because it ships in the browser SDK; the collector does the rest. Never throws.
 */
export function withoutSecrets(url: string, alsoSensitive: readonly string[] = []): string {
  const own = alsoSensitive.map(plainKey)
  const isSecret = (key: string) => isSensitiveKey(key) || own.includes(plainKey(decodeAscii(key)))
  const [bare = '', ...fragment] = url.replaceAll('&amp;', '&').split('#')
  const [address = '', ...query] = bare.split('?')
  const pairs = [...query.join('?').replace(seams, '&').split('&'), ...campaignPairs(fragment.join('#'))]
  const kept = pairs.flatMap((pair) => {
    const key = pair.replace(/=.*/s, '')
    if (!pair || isSecret(key)) return []
    return isRecipientId(decodeAscii(key)) ? pair.replace(/=.+/s, '=1') : pair
  })
  return [address.replace(/^([^/]*\/\/)[^/]*@/, '$1'), kept.join('&')].filter(Boolean).join('?')
}

export interface PageAddress {
  /** Lower case, with a port that is not the scheme's own. */
  host: string
  path: string
  /** Sorted, without campaign parameters, click ids and sensitive keys: the same page has the same query. */
  query: string
}

/** The page that an address names, however the visitor came there; undefined when it names none. */
export function pageOf(url: string): PageAddress | undefined {
  return pageOfStored(storedUrl(url))
}

/** The page of an address returned by `storedUrl`. */
export function pageOfStored(stored: string): PageAddress | undefined {
  if (!stored) return undefined
  const { address, query } = splitUrl(stored)
  const place = parsePlace(address)
  return place && { ...place, query: query && keepPairs(query, isNoCampaign).sort().join('&') }
}

function parsePlace(address: string): { host: string; path: string } | undefined {
  try {
    const { host, pathname } = new URL(address)
    return { host: host.toLowerCase(), path: pathname.slice(0, limits.path) }
  } catch {
    return undefined // it looked like an address, but names no host: https://%/
  }
}

/**
 * Browsers drop tabs and line breaks inside an address; here they could hide a key (`to\nken=`). `&amp;` was written for
 * HTML.
 */
function tidy(url: string): string {
  const text = url.includes('&amp;') ? url.replaceAll('&amp;', '&') : url
  return /[\t\n\r]|^ | $/.test(text) ? text.replace(/[\t\n\r]/g, '').trim() : text
}

// Web addresses need a host. Of the others, those with // are app links, except the browser's own.
function isKept(url: string): boolean {
  return (
    /^https?:\/\/[^/?#\\]/i.test(url) ||
    /^(?!https?:|file:|javascript:|data:|blob:|view-source:)[a-z][\w+.-]*:\/\//i.test(url)
  )
}

/** Splits an address at its `?`. The campaign of the fragment joins the query; the rest of the fragment is left out. */
function splitUrl(url: string): { address: string; query: string } {
  const hash = url.indexOf('#')
  const bare = hash < 0 ? url : url.slice(0, hash)
  const mark = bare.indexOf('?')
  const { address, glued } = splitPath(mark < 0 ? bare : bare.slice(0, mark))
  const query = mark < 0 ? '' : joinGlued(bare.slice(mark + 1))
  if (!glued && hash < 0) return { address, query }
  const moved = hash < 0 ? [] : campaignPairs(url.slice(hash))
  return { address, query: [glued, query, ...moved].filter(Boolean).join('&') }
}

/** Puts an `&` where a share tool has glued a campaign on. */
function joinGlued(query: string): string {
  return /\?|%3f/i.test(query) ? query.replace(seams, '&') : query
}

/** Takes a campaign out of a path that it was glued onto without a `?`. */
function splitPath(path: string): { address: string; glued: string } {
  const seam = path.includes('=') ? pathSeam.exec(path) : null
  if (!seam) return { address: path, glued: '' }
  return { address: path.slice(0, seam.index), glued: joinGlued(path.slice(seam.index + seam[0].length)) }
}

const pathSeam = new RegExp(`(&|/|%3f)(?=(${namePattern})=)`, 'i')

function safeAddress(address: string): string {
  if (!/[\dA-Z@%;=]/.test(address)) return address // none of the characters that secrets and e-mail addresses consist of
  const safe = address.includes('@') ? withoutUserInfo(address) : address
  // What an app link has in the place of a host is often a command: myapp://invite/aB3dE9xZ.
  const start = /^(https?:\/\/[^/\\]*|[^/]*\/\/)/i.exec(safe)?.[0].length ?? 0
  return safe.slice(0, start) + withoutSecretSegments(safe.slice(start))
}

function withoutUserInfo(address: string): string {
  return address.replace(/^([^/]+\/\/)[^/\\]*@/, '$1')
}

function keepPairs(query: string, keep: (key: string, value: string) => boolean): string[] {
  return query.split('&').filter((pair) => {
    const equals = pair.indexOf('=')
    return pair && (equals < 0 ? keep(pair, '') : keep(pair.slice(0, equals), pair.slice(equals + 1)))
  })
}

function isStorable(key: string): boolean {
  return !isSensitiveKey(key) && !isRecipientId(decodeAscii(key))
}

/** One look at the whole spares most queries a look at each pair. */
function mayHoldSecret(query: string): boolean {
  return /[@%]|eyJ|=[^&]*=/.test(query) || announcesSecret(query)
}

function isHarmless(key: string, value: string): boolean {
  if (!isStorable(key) || holdsSecret(value) || holdsSecret(key)) return false
  return !(announcesSecret(key) && isCode(decodeAscii(value)))
}

/** A query that was escaped as a whole is in the place of a key; a value may be an address with its own query. */
function holdsSecret(text: string): boolean {
  if (!/[@%=]|eyJ/.test(text)) return false
  const plain = decodeAscii(text)
  return holdsEmail(plain) || holdsSensitivePair(plain) || isSignedObject(plain)
}

function isNoCampaign(key: string): boolean {
  const name = decodeAscii(key).toLowerCase()
  return !name.startsWith('utm_') && !isCampaignKey(name)
}
