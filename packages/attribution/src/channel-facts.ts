/** Reads what channels are decided by from the source of a touch; only the collector needs it. */
import type { Utm } from '@headwater/contract'
import { sourceMedium } from './click-ids.ts'
import { type ReferrerCategory, referrerCategory } from './referrer.ts'

/** The source of a touch, as `sourceOf` returns it or as it is stored: blank, null and absent are the same. */
export interface ChannelSource {
  utm: { readonly [Name in keyof Utm]?: string | null }
  clickIdType?: string | null
  referrerDomain?: string | null
  isDirect: boolean
  /** The type of the touch, such as `landing` or `email_open`; only custom rules read it. */
  type?: string | null
}

/** Trimmed and in lower case; null: there is none. */
export interface ChannelFacts {
  isDirect: boolean
  /** As reports show it. */
  source: string | null
  /** As reports show it. */
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  clickIdType: string | null
  referrerDomain: string | null
  referrerCategory: ReferrerCategory | null
  type: string | null
  /** Named by a tag or a click id; a source named by the referrer alone is in `source` only. */
  taggedSource: string | null
  isTagged: { source: boolean; medium: boolean }
  /** The click was bought, by its medium, its click id or a host that only serves ads. */
  isPaid: boolean
}

export function factsOf(source: ChannelSource): ChannelFacts {
  const utm = { source: plain(source.utm.source), medium: plain(source.utm.medium) }
  const clickIdType = plain(source.clickIdType)
  const referrerDomain = plain(source.referrerDomain)
  const category = referrerDomain === undefined ? undefined : referrerCategory(referrerDomain)
  const tags = { utm, clickIds: clickIdType ? { [clickIdType]: '1' } : {} }
  const { paid, ...named } = sourceMedium({ ...tags, referrerDomain, referrerCategory: category })
  return {
    isDirect: source.isDirect,
    source: plain(named.source) ?? null,
    medium: plain(named.medium) ?? null,
    campaign: plain(source.utm.campaign) ?? null,
    term: plain(source.utm.term) ?? null,
    content: plain(source.utm.content) ?? null,
    clickIdType: clickIdType ?? null,
    referrerDomain: referrerDomain ?? null,
    referrerCategory: category ?? null,
    type: plain(source.type) ?? null,
    taggedSource: plain(sourceMedium(tags).source) ?? null,
    isTagged: { source: !!utm.source, medium: !!utm.medium },
    isPaid: paid,
  }
}

/** The spelling in which sources are compared: undefined instead of blank. */
export function plain(text: string | null | undefined): string | undefined {
  return text?.trim().toLowerCase() || undefined
}
