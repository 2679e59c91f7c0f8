/** Determines where an arrival came from, as a text by which arrivals are distinguished. */
import type { Utm } from '@headwater/contract'
import {
  type Campaign,
  cleanClickId,
  cleanUtm,
  fold,
  hasCampaign,
  holdsEmail,
  parseCampaign,
} from './campaign.ts'
import { isRecipientId } from './click-id-names.ts'
import { primaryClickId } from './click-ids.ts'
import { ignoredReferrers } from './ignored-referrers.ts'
import { comesFromWithin, referrerDomain } from './referrer.ts'

/** The source of a touch. */
export interface TouchSource {
  utm: Utm
  clickIdType?: string
  /** Absent for the id of an e-mail's recipient: it identifies a person, and is never kept. */
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

/** Says where an arrival came from; referrers in `alsoIgnored` count for nothing, like those of the built-in list. */
export function sourceOf(arrival: Arrival, alsoIgnored: readonly string[] = []): TouchSource {
  const campaign = campaignOf(arrival)
  const clickId = primaryClickId(campaign.clickIds)
  const ignored = alsoIgnored.length > 0 ? withBuiltIn(alsoIgnored) : ignoredReferrers
  const domain = referrerDomain(arrival.referrerUrl, arrival.url, ignored)
  const isDirect = !hasCampaign(campaign) && !domain
  return {
    utm: campaign.utm,
    ...(clickId && { clickIdType: clickId.type }),
    ...(clickId && !isRecipientId(clickId.type) && { clickIdValue: clickId.value }),
    ...(domain && { referrerDomain: domain }),
    isDirect,
    ...(isDirect && comesFromWithin(arrival.referrerUrl, arrival.url, ignored) && { isFromWithin: true }),
  }
}

// One list for each of theirs: `isIgnored` reads a list once.
const joinedLists = new WeakMap<readonly string[], readonly string[]>()

function withBuiltIn(list: readonly string[]): readonly string[] {
  const joined = joinedLists.get(list) ?? [...ignoredReferrers, ...list]
  joinedLists.set(list, joined)
  return joined
}

function campaignOf({ url, utm = {}, clickIds = {} }: Arrival): Campaign {
  const given = {
    utm: cleanValues(utm, (_, value) => cleanUtm(value)),
    clickIds: cleanValues(clickIds, cleanClickId),
  }
  return hasCampaign(given) ? given : parseCampaign(url)
}

/** Clients other than ours send values as they find them. */
function cleanValues(values: object, clean: (name: string, value: string) => string): Record<string, string> {
  const cleaned = Object.entries(values).map(([name, value]) => [name, value && clean(name, value)])
  return Object.fromEntries(cleaned.filter(([name, value]) => value && !holdsEmail(name)))
}

/**
 * The source as a text: the same for the same source, different for any other. Source and medium are compared without case;
 * blank and absent are the same. Of the UTM parameters only the five that name a source count: the other four describe it for
 * ad platforms, and touches stored before those were read must keep their key.
 */
export function touchKeyText({ utm, clickIdType, clickIdValue, referrerDomain }: TouchSource): string {
  const { source, medium, campaign, term, content } = utm
  const parts = [
    fold(source),
    fold(medium),
    campaign,
    term,
    content,
    clickIdType,
    clickIdValue,
    referrerDomain,
  ]
  return JSON.stringify(parts.map((part) => part || null)) // JSON: no separator that a value could imitate
}
