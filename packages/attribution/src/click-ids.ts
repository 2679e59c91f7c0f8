/** Names source and medium of an arrival from its UTM parameters, click ids and referrer. */
import type { Utm } from '@headwater/contract'
import { sourceOfAdHost } from './ad-hosts.ts'
import { isAiAssistant } from './ai-assistants.ts'
import { fold } from './campaign.ts'
import { type ClickIdMeaning, clickIdMeanings } from './click-id-meanings.ts'
import { type ClickIdName, clickIdNames } from './click-id-names.ts'
import { siteNameOf } from './referrer.ts'

export { type ClickIdMeaning, clickIdMeanings } from './click-id-meanings.ts'

/** Picks the click id that represents a click with several: the first in the order of `clickIdNames`, unknown ones last. */
export function primaryClickId(
  clickIds: Record<string, string>,
): { type: string; value: string } | undefined {
  const [first] = Object.entries(clickIds)
    .filter(([, value]) => value)
    .map(([name, value]) => ({ type: name.toLowerCase(), value }))
    .sort((a, b) => rankOf(a.type) - rankOf(b.type) || (a.type < b.type ? -1 : 1))
  return first
}

export interface SourceEvidence {
  utm: Utm
  clickIds: Record<string, string>
  referrerDomain?: string
  /** As `referrerCategory` says. */
  referrerCategory?: string
}

export interface SourceMedium {
  source: string | null
  medium: string | null
  /** Whether the click was paid for: by its medium, by a click id that proves it, or by a host that only serves ads. */
  paid: boolean
}

/**
 * Names source and medium: UTM parameters win, a click id fills what they leave open, the referrer comes last. Two
 * exceptions: a click that Google Ads charged for is `cpc`, also where a tag says `organic`; and a host that only serves ads
 * beats a click id that proves no payment. A link of an AI assistant has the medium of its referrers, where it is tagged with
 * only a source.
 */
export function sourceMedium(evidence: SourceEvidence): SourceMedium {
  const { utm } = evidence
  const referrer = readReferrer(evidence)
  const implied = impliedBy(evidence)
  const speaksForItself = !implied || (referrer.paid && !implied.paid)
  if (!utm.source && !utm.medium && speaksForItself) return referrer

  const source = utm.source || implied?.source || (implied && referrer.source) || null
  const medium = mediumOf(utm, implied)
  return {
    source,
    medium,
    paid: isPaidMedium(medium) || (!!implied?.paid && confirms(implied, source, medium)),
  }
}

/** Does this medium mean that the click was bought? The pattern is the one GA4 publishes for its paid channels. */
export function isPaidMedium(medium: string | null): boolean {
  return /^(.*cp.*|ppc|retargeting|paid.*)$/i.test(medium ?? '')
}

function mediumOf(utm: Utm, implied: ClickIdMeaning | undefined): string | null {
  const isOverruled = fold(utm.medium) === 'organic' && implied?.platform === 'Google Ads' && implied.paid
  if (utm.medium && !isOverruled) return utm.medium
  // Beside a tagged source only proof counts: the fbclid on a newsletter link says that someone shared it.
  if (implied && (implied.paid || !utm.source)) return implied.medium
  return isAiAssistant(utm.source) ? 'ai-assistant' : null
}

// A bought click that the tags contradict (a gclid on a link that says newsletter, email) was copied, not bought.
function confirms(implied: ClickIdMeaning, source: string | null, medium: string | null): boolean {
  return fold(medium ?? undefined) === implied.medium || names(source, implied.source)
}

function impliedBy({ utm, clickIds, referrerDomain }: SourceEvidence): ClickIdMeaning | undefined {
  const present = clickIdNames.filter((name) => clickIds[name])
  const meanings = present.map((name) => meaningOf(name, clickIds)).filter(({ medium }) => medium)
  const platformOf = (text: string | undefined) => meanings.find(({ source }) => names(text, source))
  return platformOf(utm.source) ?? platformOf(referrerDomain) ?? meanings[0]
}

function meaningOf(name: ClickIdName, clickIds: Record<string, string>): ClickIdMeaning {
  const meaning = clickIdMeanings[name]
  // Search Ads 360 creates gclids for other engines too, and marks those `ds` or `3p.ds`.
  const isForeign = name === 'gclid' && /^(3p\.)?ds$/i.test(clickIds.gclsrc ?? '')
  return isForeign ? { ...meaning, platform: 'Search Ads 360', source: null } : meaning
}

// `google-ads`, `www.google.co.uk` and `Google` name google; `newsletter` and `notgoogle.com` do not.
function names(text: string | null | undefined, source: string | null): boolean {
  return (
    !!text &&
    !!source &&
    text
      .toLowerCase()
      .split(/[^a-z\d]+/)
      .includes(source)
  )
}

const mediumByCategory: Record<string, string> = {
  search: 'organic',
  social: 'social',
  email: 'email',
  paid: 'cpc',
  ai: 'ai-assistant', // the medium that GA4 gives these sessions since 2026
}

function readReferrer({ referrerDomain, referrerCategory = 'other' }: SourceEvidence): SourceMedium {
  if (!referrerDomain) return { source: null, medium: null, paid: false }
  return {
    source: sourceOfReferrer(referrerDomain, referrerCategory),
    medium: mediumByCategory[referrerCategory] ?? 'referral',
    paid: referrerCategory === 'paid',
  }
}

/** google.com and google.de are one search engine, and the many hosts of an ad network one source. */
function sourceOfReferrer(domain: string, category: string): string {
  if (category === 'paid') return sourceOfAdHost(domain) ?? siteNameOf(domain) ?? domain
  return (category === 'search' && siteNameOf(domain)) || domain
}

function rankOf(name: string): number {
  const rank = (clickIdNames as readonly string[]).indexOf(name) // widened: the name may be unknown
  return rank < 0 ? clickIdNames.length : rank
}
