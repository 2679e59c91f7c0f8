/** Finds campaign parameters and click ids in an address, by their names; it ships in the browser SDK, so every byte counts. */
import { clickIdNames } from './click-id-names.ts'

const utmNames = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'utm_id',
  'utm_source_platform',
  'utm_creative_format',
  'utm_marketing_tactic',
]
const names = new Set<string>([...utmNames, ...clickIdNames])

/** Is this the name of a campaign parameter or of a click id, in any case? */
export function isCampaignKey(key: string): boolean {
  return names.has(key.toLowerCase())
}

/** The names as a pattern. */
export const namePattern = [...names].join('|')

/**
 * Where a parameter begins without an `&`: at the fragment, and before a name that we know where a share tool has glued it
 * on, as in `/?a=1?utm_source=b`, `/p%3Futm_source=b` and `/?a=1&amp;utm_source=b`.
 */
export const seams = new RegExp(`#|(\\?|%3f|&amp;)(?=(${namePattern})=)`, 'gi')

/** The campaign parameters and click ids of an address, or of a part of one, unchanged. */
export function campaignPairs(text: string): string[] {
  return text
    .replace(seams, '&')
    .split('&')
    .filter((pair) => isCampaignKey(pair.replace(/=.*/s, '')))
}

/**
 * The campaign of an address as a text: the same text for the same campaign, '' for none. Order does not matter, nor the case
 * of names, source and medium. A parameter without a value counts as absent.
 */
export function campaignIn(url = ''): string {
  return campaignPairs(url)
    .filter((pair) => /=./.test(pair))
    .map((pair) => pair.replace(/^utm_(source|medium)=.*|^[^=]+/i, (text) => text.toLowerCase()))
    .sort()
    .join('&')
}
