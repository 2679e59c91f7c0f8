/** Cleans an address for storage: what could sign someone in, or name a person, never reaches a table. */
import { limits } from '@headwater/contract'
import { clickIdNames } from './click-id-names.ts'

/**
 * Query keys that are never stored; case, `-`, `_` and brackets do not matter. Keys that merely end in `token`,
 * `password`, `secret`, `signature` or `email` (`resetToken`, `user[email]`) are treated the same.
 */
export const sensitiveKeys: readonly string[] = [
  'token jwt code key api_key auth authorization bearer access_token id_token secret password passwd pwd pass',
  'pin otp credential credentials sig signature session_id sid jsessionid phpsessid ticket nonce csrf xsrf',
  'SAMLRequest SAMLResponse RelayState assertion x-amz-credential x-goog-credential card_number cvv cvc iban ssn',
  'email e-mail mail username login phone tel first_name last_name full_name birthday birthdate dob',
  '_kx mc_eid mkt_tok _hsenc', // the recipient of an e-mail, by Klaviyo, Mailchimp, Marketo and HubSpot
  'hw_link', // our own visitor on the way to another domain
].flatMap((line) => line.split(' '))

/**
 * The address as it may be stored: without user name and password, without fragment, without sensitive query keys and
 * without values that hold an e-mail address; the rest as it was, cut at 4,096 characters. Addresses of apps
 * (`myapp://…`) are kept; anything else that is no web address becomes ''. Never throws.
 */
export function storedUrl(url: string): string {
  // Browsers drop tabs and line breaks inside an address; here they could hide a key (`to\nken=`).
  const text = /[\t\n\r]|^ | $/.test(url) ? url.replace(/[\t\n\r]/g, '').trim() : url
  if (!isKept(text)) return ''
  const { address, query } = splitUrl(text)
  const safe = address.includes('@') ? withoutUserInfo(address) : address
  const rest = query && keepPairs(query, isHarmless).join('&')
  return (rest ? `${safe}?${rest}` : safe).slice(0, limits.url) // cut last: half an e-mail address looks like none
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
  const stored = storedUrl(url)
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

// Web addresses need a host. Of the others, those with // are app links, except the browser's own.
function isKept(url: string): boolean {
  return (
    /^https?:\/\/[^/?#\\]/i.test(url) ||
    /^(?!https?:|file:|javascript:|data:|blob:|view-source:)[a-z][\w+.-]*:\/\//i.test(url)
  )
}

function splitUrl(url: string): { address: string; query: string } {
  const hash = url.indexOf('#')
  const bare = hash < 0 ? url : url.slice(0, hash)
  const mark = bare.indexOf('?')
  return mark < 0
    ? { address: bare, query: '' }
    : { address: bare.slice(0, mark), query: bare.slice(mark + 1) }
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

function isHarmless(key: string, value: string): boolean {
  return !isSensitiveKey(key) && !(/[@%=]/.test(value) && holdsSecret(decode(value)))
}

const plainSensitiveKeys: ReadonlySet<string> = new Set(sensitiveKeys.map(plain))

function isSensitiveKey(key: string): boolean {
  const name = plain(decode(key))
  return plainSensitiveKeys.has(name) || /(token|password|passwd|secret|signature|email)$/.test(name)
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z\d]/g, '')
}

// A value may be an address with a query of its own, as in ?next=/reset?token=….
function holdsSecret(value: string): boolean {
  if (/[^\s@/]@[^\s@/?&=]+\.\p{L}{2}/u.test(value)) return true
  return value
    .split(/[?&;#]/)
    .some((pair) => pair.includes('=') && isSensitiveKey(pair.slice(0, pair.indexOf('='))))
}

// Only ASCII escapes matter here, which cannot be malformed; nested addresses are escaped again, hence three rounds.
function decode(text: string): string {
  let decoded = text
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    decoded = decoded.replace(/%([0-7][\da-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
  return decoded
}

const campaignKeys: ReadonlySet<string> = new Set(clickIdNames)

function isNoCampaign(key: string): boolean {
  const name = decode(key).toLowerCase()
  return !name.startsWith('utm_') && !campaignKeys.has(name)
}
