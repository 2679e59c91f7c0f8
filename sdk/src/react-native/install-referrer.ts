/** Reads what the Play Store says about the click that led to an installation. */
import { campaignPairs } from '@headwater/attribution/campaign-keys'

/**
 * The campaign in an install referrer, as a query; '' for none. Google writes `(not set)` for what it does not know.
 */
export function campaignOfReferrer(referrer: unknown): string {
  if (typeof referrer !== 'string') return ''
  return campaignPairs(referrer.includes('=') ? referrer : decode(referrer))
    .filter((pair) => !/=(\W*not set\W*)?$/i.test(decode(pair)))
    .join('&')
}

/** Spaces may be written as `+`. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text // it holds a % that begins no escape
  }
}
