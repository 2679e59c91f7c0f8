/** Cleans an address for storage: what could sign someone in, or name a person, never reaches a table. */
import { limits } from '@headwater/contract'
import { clickIdNames } from './click-id-names.ts'

/**
 * Query keys that are never stored; case, `-`, `_` and brackets do not matter. So are all that end as `sensitiveEnd`
 * says: `resetToken`, `user[email]`, `x-amz-credential`.
 */
export const sensitiveKeys: readonly string[] = [
  'jwt code key api_key auth authorization pwd pass pin otp sig sid ticket nonce csrf xsrf',
  'SAMLResponse card_number cvv cvc iban ssn',
  'mail username login phone tel first_name last_name full_name birthday birthdate dob',
  '_kx mc_eid mkt_tok _hsenc', // the recipient of an e-mail, by Klaviyo, Mailchimp, Marketo and HubSpot
  'hw_link', // our own visitor on the way to another domain
].flatMap((line) => line.split(' '))

const sensitiveEnd = /(token|passw(or)?d|secret|signature|email|credentials?|sess(ion)?id)$/

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

/**
 * The address without user name and password, without fragment and without sensitive query keys, `alsoSensitive` among
 * them: what a device does to an address before it keeps or sends it. Small, because it ships in the browser SDK; the
 * collector does the rest. Never throws.
 */
export function withoutSecrets(url: string, alsoSensitive: readonly string[] = []): string {
  const own = alsoSensitive.map(plain)
  const isSecret = (key: string) => isSensitiveKey(key) || own.includes(plain(decode(key)))
  const [address = '', ...query] = url.replace(/#.*/s, '').split('?')
  const pairs = query.join('?').split('&')
  const kept = pairs.filter((pair) => pair && !isSecret(pair.replace(/=.*/s, '')))
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
  return plainSensitiveKeys.has(name) || sensitiveEnd.test(name)
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

const campaignKeys: ReadonlySet<string> = /* @__PURE__ */ new Set(clickIdNames)

function isNoCampaign(key: string): boolean {
  const name = decode(key).toLowerCase()
  return !name.startsWith('utm_') && !campaignKeys.has(name)
}
