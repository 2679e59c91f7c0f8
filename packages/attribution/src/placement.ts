/** Says in what kind of place a visitor clicked, for our own channels. */
import type { ChannelFacts } from './channel-facts.ts'
import { kindOfSource, type SourceKind } from './source-kinds.ts'

/**
 * A tagged source decides. Without one, the click id does, and the referrer shows where an ad stood that Google sells for more
 * than its results pages: on YouTube, or on the pages of other sites, which is no kind we know.
 */
export function placementOf(facts: ChannelFacts): SourceKind | undefined {
  const { taggedSource, referrerDomain, isTagged } = facts
  const kind = kindOfSource(taggedSource ?? facts.source ?? '')
  if (isTagged.source || !referrerDomain) return kind
  const kindOfReferrer = kindOfSource(referrerDomain)
  if (facts.isPaid && kindOfReferrer === 'video') return 'video'
  if (kind === 'search' && isOnOtherSites(facts)) return undefined
  return taggedSource || isAdHost(facts) ? kind : kindOfReferrer
}

/** These ad hosts serve results pages; the others serve ads on the pages of other sites. */
const searchAdHosts = new Set([
  ...['syndicatedsearch.goog', 'adsensecustomsearchads.com', 'r.msn.com'],
  ...['rd.listing.yahoo.co.jp', 'adcr.naver.com', 'ad.search.naver.com'],
])

function isOnOtherSites(facts: ChannelFacts): boolean {
  return isAdHost(facts) && !searchAdHosts.has(facts.referrerDomain ?? '')
}

function isAdHost({ referrerCategory }: ChannelFacts): boolean {
  return referrerCategory === 'paid'
}
