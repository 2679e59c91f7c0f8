/** Reads the campaign parameters and click ids of an address, and cleans their values. */
import { limits, type Utm } from '@headwater/contract'
import { isCampaignKey, seams } from './campaign-keys.ts'
import { isRecipientId } from './click-id-names.ts'

/** What an address says about the marketing that led to it. */
export interface Campaign {
  utm: Utm
  /** By lower-case name, values untouched: click ids are case-sensitive. */
  clickIds: Record<string, string>
}

/** What comes before the first pair: all up to the `?`, or up to the last `/` of a path that contains pairs itself. */
const beforePairs = /^[^?#=]*\?|^[^#&=]*\/([^?#]*)\??/

/**
 * Reads the campaign of an absolute address: of its query, then of its fragment. Names are matched in any case, values are
 * cleaned by `cleanUtm` and `cleanClickId`, and the first value that is left counts. Without an address, or with one that is
 * not absolute, the campaign is empty.
 */
export function parseCampaign(url: string | undefined): Campaign {
  const utm: Record<string, string> = {}
  const clickIds: Record<string, string> = {}
  const read = (text: string) =>
    new URLSearchParams(text.replace(seams, '&')).forEach((value, key) => {
      // The query was escaped as a whole. With a slash in it, it is another address, with its own campaign.
      if (key.includes('=') && !key.includes('/')) read(key + (value && `=${value}`))
      const name = key.toLowerCase()
      if (!isCampaignKey(name)) return
      const utmName = name.split('utm_')[1]
      const kept = utmName ? cleanUtm(value) : cleanClickId(name, value)
      if (kept) (utmName ? utm : clickIds)[utmName ?? name] ??= kept
    })
  // Patterns, not `new URL`: they never throw, and an address without parameters costs one scan.
  if (/^[a-z][\w+.-]*:.*(=|%3d)/is.test(`${url}`)) read(`${url}`.replace(beforePairs, '$1&'))
  return { utm, clickIds }
}

/**
 * A campaign value as it is compared and stored: unescaped until nothing is escaped, because some tools escape twice;
 * trimmed; cut at 256 characters, between two of them. One that holds an e-mail address is ''. Cleaning twice changes nothing.
 */
export function cleanUtm(value: string): string {
  const text = unescapeAll(value).trim()
  return holdsEmail(text) ? '' : text.slice(0, limits.utm).replace(/[\ud800-\udbff]$/, '')
}

/**
 * The value itself, byte for byte; '' when it is blank, longer than 512 characters or holds an e-mail address. The id of an
 * e-mail's recipient becomes '1', which shows that it was there.
 */
export function cleanClickId(name: string, value: string): string {
  if (!value.trim() || value.length > limits.clickId) return ''
  if (isRecipientId(name)) return '1'
  return holdsEmail(unescapeAll(value)) ? '' : value
}

/** Does this text hold an e-mail address? The domain of one may be escaped. */
export function holdsEmail(text: string): boolean {
  return text.includes('@') && /[^\s@/]@[^\s@/?&=]+\.(\p{L}{2}|%[c-f])/iu.test(text)
}

/** Does the campaign have any value? */
export function hasCampaign(campaign: Campaign): boolean {
  return [campaign.utm, campaign.clickIds].some((values) => Object.values(values).some(Boolean))
}

/** The campaign as `campaignIn` describes one: what was escaped or blank in its address does not matter. */
export function campaignText({ utm, clickIds }: Campaign): string {
  const { source, medium } = utm
  const named = Object.entries({ ...utm, source: fold(source), medium: fold(medium) })
  return [...named.map(([name, value]) => [`utm_${name}`, value]), ...Object.entries(clickIds)]
    .filter(([, value]) => value)
    .map((pair) => pair.join('='))
    .sort()
    .join('&')
}

/** The spelling in which sources and media are compared. */
export function fold(text: string | undefined): string | undefined {
  return text?.toLowerCase()
}

/** No tool escapes a value more often than this. */
const rounds = 5

/**
 * Unescapes until nothing is escaped. What is still escaped after all rounds is returned unchanged, so that a second call
 * changes nothing.
 */
export function unescapeAll(text: string): string {
  let plain = text
  for (let round = 0; plain.includes('%'); round++) {
    const next = unescapeOnce(plain)
    if (next === plain) return plain
    if (round === rounds) return text
    plain = next
  }
  return plain
}

/** Only what can be UTF-8: throwing and catching an error for each piece of an address takes 10 µs. */
const mayBeEscaped =
  /^([^%]|%([0-7][\da-f]|(c[2-9a-f]|d[\da-f]|e[\da-f]%[89ab][\da-f]|f[0-4]%[89ab][\da-f]%[89ab][\da-f])%[89ab][\da-f]))*$/i

function unescapeOnce(text: string): string {
  if (!mayBeEscaped.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text // it holds a % that begins no escape
  }
}
