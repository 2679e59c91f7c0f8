/** Says what kind of place a source is, for our own channels; only the collector needs it. */
import { isAiAssistant } from './ai-assistants.ts'
import { type Ga4SourceKind, ga4SourceKinds } from './ga4-sources.ts'
import { hostOf, lookUpHost, type ReferrerCategory, referrerCategory } from './referrer.ts'

export type SourceKind = Ga4SourceKind | 'ai' | 'email'

/**
 * The kind of a source: a name such as `facebook`, or a host such as `m.facebook.com`; undefined for one we do not know. Knows
 * what GA4 knows and more: AI assistants, webmail, the search engines and networks of our referrer table, shops in every
 * country, subdomains, and names of ad accounts such as `facebook_ads`.
 */
export function kindOfSource(source: string): SourceKind | undefined {
  const name = source.trim().toLowerCase()
  if (isAiAssistant(name)) return 'ai'
  return kindOfName(name) ?? kindOfHost(name) ?? ga4SourceKinds.get(name) ?? kindOfAdAccount(name)
}

/** Does the source name ads, as `google_ads`, `yt-ads`, `fbad` and `adwords` do? */
export function isAdAccount(source: string): boolean {
  return kindOfAdAccount(source.trim().toLowerCase()) !== undefined
}

/** Short names that people put into links, and networks younger than GA4's list. */
const ownNames: ReadonlyMap<string, SourceKind> = new Map([
  ...kinds('social', 'x insta meta threads bluesky bsky mastodon discord telegram'),
  ...kinds('video', 'yt'),
])

/** Names of ad accounts that do not say the platform as its links do. */
const adAccounts: ReadonlyMap<string, SourceKind> = new Map(
  kinds('search', 'adwords gads microsoftads msads'),
)

/** Shops and video sites beside GA4's, which has Amazon in two countries; a `*` stands for .com and every country's ending. */
const ownHosts: [string, SourceKind][] = [
  ...kinds(
    'shopping',
    'amazon.* ebay.* etsy.* walmart.* mercadolibre.* aliexpress.* zalando.* shopping.google.com',
  ),
  ...kinds(
    'shopping',
    'temu.com shein.* wish.com otto.de allegro.pl bol.com flipkart.com mercadolivre.com.br',
  ),
  ...kinds('video', 'youtube.* youtu.be youtube-nocookie.com'),
]

// Their kinds are not in the referrer table, which has YouTube among the social networks.
const shopsAndVideoSites: ReadonlyMap<string, SourceKind> = new Map([
  ...[...ga4SourceKinds].filter(([name, kind]) => name.includes('.') && isShopOrVideo(kind)),
  ...ownHosts,
])

function kindOfName(name: string): SourceKind | undefined {
  return name.includes('.') ? undefined : (ownNames.get(name) ?? ga4SourceKinds.get(name))
}

function kindOfHost(name: string): SourceKind | undefined {
  const host = name.includes('.') ? hostOf(name) : undefined
  if (host === undefined) return undefined
  return lookUpHost(host, shopsAndVideoSites)?.value ?? kindByCategory[referrerCategory(name)]
}

const kindByCategory: Partial<Record<ReferrerCategory, SourceKind>> = {
  search: 'search',
  social: 'social',
  email: 'email',
  ai: 'ai',
}

function kindOfAdAccount(name: string): SourceKind | undefined {
  const letters = name.replace(/[-_. ]/g, '')
  const platform = letters.replace(/ads?$/, '')
  return adAccounts.get(letters) ?? (platform === letters ? undefined : kindOfName(platform))
}

function isShopOrVideo(kind: Ga4SourceKind): boolean {
  return kind === 'shopping' || kind === 'video'
}

function kinds(kind: SourceKind, names: string): [string, SourceKind][] {
  return names.split(' ').map((name) => [name, kind])
}
