/** Reads campaign parameters and click ids from an address; it ships in the browser SDK, so every byte counts. */
import { limits, type Utm } from '@headwater/contract'
import { clickIdNames } from './click-id-names.ts'

/** What an address says about the marketing that led to it. */
export interface Campaign {
  utm: Utm
  /** By lower-case name, values untouched: click ids are case-sensitive. */
  clickIds: Record<string, string>
}

const utmNames = [
  'source',
  'medium',
  'campaign',
  'term',
  'content',
  'id',
  'source_platform',
  'creative_format',
  'marketing_tactic',
]
const names: readonly string[] = [...utmNames.map((name) => `utm_${name}`), ...clickIdNames]

/** Is this the name of a campaign parameter or of a click id, in any case? */
export function isCampaignKey(key: string): boolean {
  return names.includes(key.toLowerCase())
}

/**
 * Reads the query of an absolute address. Names are matched in any case, the first value that is not blank wins, UTM
 * values are trimmed and cut, a click id that is too long is left out. Without an address, or with one that is not
 * absolute, the campaign is empty.
 */
export function parseCampaign(url: string | undefined): Campaign {
  const utm: Record<string, string> = {}
  const clickIds: Record<string, string> = {}
  // A pattern, not `new URL`: it never throws, and an address without a query costs one scan.
  const query = /^[a-z][\w+.-]*:[^?#]+\?([^#]*)/i.exec(`${url}`)?.[1]
  new URLSearchParams(query).forEach((value, key) => {
    if (!isCampaignKey(key) || !value.trim()) return
    const name = key.toLowerCase()
    const utmName = name.split('utm_')[1]
    if (utmName) utm[utmName] ??= value.trim().slice(0, limits.utm)
    else if (value.length <= limits.clickId) clickIds[name] ??= value
  })
  return { utm, clickIds }
}

/** Does the campaign say anything at all? */
export function hasCampaign(campaign: Campaign): boolean {
  return [campaign.utm, campaign.clickIds].some((values) => Object.values(values).some(Boolean))
}

/** Do both say the same? A blank value is as good as none. */
export function sameCampaign(a: Campaign, b: Campaign): boolean {
  return canonicalText(a) === canonicalText(b)
}

function canonicalText({ utm, clickIds }: Campaign): string {
  const present = (values: object) => Object.entries(values).filter(([, value]) => value)
  return JSON.stringify([utm, clickIds].map((values) => present(values).sort()))
}
