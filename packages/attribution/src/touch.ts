/** Says where an arrival came from, and gives that source a text by which two arrivals are told apart. */
import type { Utm } from '@headwater/contract'
import { hasCampaign, parseCampaign } from './campaign.ts'
import { primaryClickId } from './click-ids.ts'
import { ignoredReferrers } from './ignored-referrers.ts'
import { comesFromWithin, referrerDomain } from './referrer.ts'

/** The source of a touch. */
export interface TouchSource {
  utm: Utm
  clickIdType?: string
  clickIdValue?: string
  referrerDomain?: string
  /** No campaign parameter, no click id, no referrer that counts. */
  isDirect: boolean
  /** Direct only because the referrer was the site itself or one that passes visitors on: no touch at all. */
  isFromWithin?: true
}

/** What is known of an arrival; `utm` and `clickIds`, where they say anything, win over those in `url`. */
export interface Arrival {
  url?: string
  referrerUrl?: string
  utm?: Utm
  clickIds?: Record<string, string>
}

/** Says where an arrival came from; `alsoIgnored` are referrers that count for nothing besides the built-in list. */
export function sourceOf(arrival: Arrival, alsoIgnored: readonly string[] = []): TouchSource {
  const given = { utm: arrival.utm ?? {}, clickIds: arrival.clickIds ?? {} }
  const campaign = hasCampaign(given) ? given : parseCampaign(arrival.url)
  const clickId = primaryClickId(campaign.clickIds)
  const ignored = alsoIgnored.length > 0 ? [...ignoredReferrers, ...alsoIgnored] : ignoredReferrers
  const domain = referrerDomain(arrival.referrerUrl, arrival.url, ignored)
  const isDirect = !hasCampaign(campaign) && !domain
  return {
    utm: campaign.utm,
    ...(clickId && { clickIdType: clickId.type, clickIdValue: clickId.value }),
    ...(domain && { referrerDomain: domain }),
    isDirect,
    ...(isDirect && comesFromWithin(arrival.referrerUrl, arrival.url, ignored) && { isFromWithin: true }),
  }
}

/**
 * The source as a text: the same for the same source, different for any other. Blank and absent are the same. Of the UTM
 * parameters only the five that name a source count: the other four describe it for ad platforms, and touches stored
 * before those were read must keep their key.
 */
export function touchKeyText({ utm, clickIdType, clickIdValue, referrerDomain }: TouchSource): string {
  const { source, medium, campaign, term, content } = utm
  const parts = [source, medium, campaign, term, content, clickIdType, clickIdValue, referrerDomain]
  return JSON.stringify(parts.map((part) => part || null)) // JSON: no separator that a value could imitate
}
