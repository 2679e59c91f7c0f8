/** Names source and medium of an arrival from its UTM parameters, click ids and referrer. */
import type { Utm } from '@headwater/contract'
import { type ClickIdMeaning, clickIdMeanings } from './click-id-meanings.ts'
import { type ClickIdName, clickIdNames } from './click-id-names.ts'
import { siteNameOf } from './referrer.ts'

export { type ClickIdMeaning, clickIdMeanings } from './click-id-meanings.ts'

/** The click id that speaks for a click which carries several: the first in the order of `clickIdNames`, unknown ones last. */
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
  paid: boolean
}

/**
 * Names source and medium: UTM parameters win, a click id fills what they leave open, the referrer comes last. One
 * exception: a click that Google Ads charged for is `cpc`, also where a tag says `organic`.
 */
export function sourceMedium(evidence: SourceEvidence): SourceMedium {
  const { utm } = evidence
  const referrer = readReferrer(evidence)
  const implied = impliedBy(evidence)
  if (!implied && !utm.source && !utm.medium) return { ...referrer, paid: false }

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
  const overruled =
    utm.medium?.toLowerCase() === 'organic' && implied?.platform === 'Google Ads' && implied.paid
  if (utm.medium && !overruled) return utm.medium
  // Beside a tagged source only proof counts: the fbclid on a newsletter link says that someone shared it.
  return implied && (implied.paid || !utm.source) ? implied.medium : null
}

// A bought click that the tags contradict (a gclid on a link that says newsletter, email) was copied, not bought.
function confirms(implied: ClickIdMeaning, source: string | null, medium: string | null): boolean {
  return medium === implied.medium || names(source, implied.source)
}

function impliedBy({ utm, clickIds, referrerDomain }: SourceEvidence): ClickIdMeaning | undefined {
  const present = clickIdNames.filter((name) => clickIds[name])
  const meanings = present.map((name) => meaningOf(name, clickIds)).filter(({ medium }) => medium)
  const platformOf = (text: string | undefined) => meanings.find(({ source }) => names(text, source))
  return platformOf(utm.source) ?? platformOf(referrerDomain) ?? meanings[0]
}

function meaningOf(name: ClickIdName, clickIds: Record<string, string>): ClickIdMeaning {
  const meaning = clickIdMeanings[name]
  // Search Ads 360 makes gclids for other engines too, and marks those `ds` or `3p.ds`.
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
  ai: 'ai-assistant', // the medium that GA4 gives these visits since 2026
}

function readReferrer({ referrerDomain, referrerCategory = 'other' }: SourceEvidence) {
  if (!referrerDomain) return { source: null, medium: null }
  const isSearch = referrerCategory === 'search' // google.com and google.de are one engine
  const source = (isSearch && siteNameOf(referrerDomain)) || referrerDomain
  return { source, medium: mediumByCategory[referrerCategory] ?? 'referral' }
}

function rankOf(name: string): number {
  const rank = (clickIdNames as readonly string[]).indexOf(name) // widened: the name may be unknown
  return rank < 0 ? clickIdNames.length : rank
}
