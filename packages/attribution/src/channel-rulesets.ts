/** Holds the built-in rulesets: GA4's channels in their order, and two ways of reading a source for them. */
import type { ChannelFacts } from './channel-facts.ts'
import { isPaidMedium } from './click-ids.ts'
import { ga4SourceKinds } from './ga4-sources.ts'
import { placementOf } from './placement.ts'
import { isAdAccount, type SourceKind } from './source-kinds.ts'

export type ChannelRulesetName = 'headwater' | 'ga4'

export interface ChannelRuleset {
  /** Rises with every change that can move a touch to another channel: the rules, the lists, the naming of source and medium. */
  version: number
  read(facts: ChannelFacts): ChannelReading
}

/** What the conditions of the channels need to know of a source. */
export interface ChannelReading {
  isDirect: boolean
  source: string
  medium: string
  campaign: string
  kind: SourceKind | undefined
  isPaid: boolean
  isAiAssistant: boolean
  isEmail: boolean
  isAffiliate: boolean
}

/**
 * `ga4` applies the rules and the source list that Google publishes to source and medium as we name them. `headwater`, the
 * default, recognises more sources, and counts as paid what a click id proves.
 */
export const channelRulesets: Record<ChannelRulesetName, ChannelRuleset> = {
  headwater: { version: 1, read: readAsHeadwater },
  ga4: { version: 1, read: readAsGa4 },
}

const displayMedia = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm'])
const socialMedia = new Set([
  'social',
  'social-network',
  'social-media',
  'sm',
  'social network',
  'social media',
])
const emailNames = new Set(['email', 'e-mail', 'e_mail', 'e mail'])
const referralMedia = new Set(['referral', 'app', 'link'])

/** The first that holds decides. From Analytics Help, "Default channel group" (9756891), with AI Assistant as of May 2026. */
export const channelRules: readonly [channel: string, holds: (reading: ChannelReading) => boolean][] = [
  ['Direct', (it) => it.isDirect || (it.source === '(direct)' && /^\((none|not set)\)$/.test(it.medium))],
  ['Cross-network', (it) => it.campaign.includes('cross-network')],
  ['Paid Shopping', (it) => it.isPaid && isShopping(it)],
  ['Paid Search', (it) => it.isPaid && it.kind === 'search'],
  ['Paid Social', (it) => it.isPaid && it.kind === 'social'],
  ['Paid Video', (it) => it.isPaid && it.kind === 'video'],
  ['Display', (it) => displayMedia.has(it.medium)],
  ['Paid Other', (it) => it.isPaid],
  ['Organic Shopping', isShopping],
  ['Organic Social', (it) => it.kind === 'social' || socialMedia.has(it.medium)],
  ['Organic Video', (it) => it.kind === 'video' || it.medium.includes('video')],
  ['AI Assistant', (it) => it.isAiAssistant],
  ['Organic Search', (it) => it.kind === 'search' || it.medium === 'organic'],
  ['Email', (it) => it.isEmail],
  ['Affiliates', (it) => it.isAffiliate],
  ['Referral', (it) => referralMedia.has(it.medium)],
  ['Audio', (it) => it.medium === 'audio'],
  ['SMS', (it) => it.source === 'sms' || it.medium === 'sms'],
  ['Mobile Push Notifications', isPush],
]

/** GA4's condition on campaigns: `shop` at the start of a word, or after an `e`, as in `eshop`. */
function isShopping({ kind, campaign }: ChannelReading): boolean {
  return kind === 'shopping' || /([^a-df-z]|^)shop|shopping/.test(campaign)
}

function isPush({ source, medium }: ChannelReading): boolean {
  return source === 'firebase' || /push$|mobile|notification/.test(medium)
}

/** Undoes the two namings of ours that GA4 does not share: social and webmail referrers, and links tagged with an AI assistant. */
function readAsGa4(facts: ChannelFacts): ChannelReading {
  const { isDirect, source, isTagged } = facts
  const medium = mediumOf(facts)
  return {
    isDirect,
    source: source ?? '',
    medium,
    campaign: facts.campaign ?? '',
    kind: ga4SourceKinds.get(source ?? ''),
    isPaid: isPaidMedium(medium),
    // GA4 sets this medium by the referrer alone, so a link that is tagged with a source does not have it.
    isAiAssistant: medium === 'ai-assistant' && (isTagged.medium || !isTagged.source),
    isEmail: emailNames.has(source ?? '') || emailNames.has(medium),
    isAffiliate: medium === 'affiliate',
  }
}

function readAsHeadwater(facts: ChannelFacts): ChannelReading {
  const ga4 = readAsGa4(facts)
  const { source, medium } = ga4
  const kind = placementOf(facts)
  const isAffiliate = ga4.isAffiliate || medium === 'affiliates'
  // A click id proves that affiliates and banners were paid, too; they have channels of their own.
  const hasOwnChannel = isAffiliate || displayMedia.has(medium)
  return {
    ...ga4,
    kind,
    isPaid: ga4.isPaid || ((facts.isPaid || isAdAccount(source)) && !hasOwnChannel),
    isAiAssistant: kind === 'ai' || medium === 'ai-assistant',
    isEmail:
      ga4.isEmail || kind === 'email' || source.includes('newsletter') || medium.includes('newsletter'),
    isAffiliate,
  }
}

/** GA4 gives referrers from social networks and webmail the medium referral, so YouTube can be video rather than social. */
function mediumOf({ medium, taggedSource, isTagged }: ChannelFacts): string {
  const isByReferrer = !taggedSource && !isTagged.medium
  return isByReferrer && (medium === 'social' || medium === 'email') ? 'referral' : (medium ?? '')
}
