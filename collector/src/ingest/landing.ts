/** What an arrival at a page says: its landing page, and where it came from. */
import { createHash } from 'node:crypto'
import { type Arrival, sourceOf } from '@headwater/attribution/touch'
import { pageOfStored, storedUrl } from '@headwater/attribution/url'
import type { EventSession, Page } from './event.ts'
import { repairText } from './repair-text.ts'

/** What an arrival says about the session that it opens; `ignoredReferrers` are the website's own. */
export function readLanding(
  arrival: Arrival,
  ignoredReferrers: readonly string[],
): Pick<EventSession, 'landingUrl' | 'referrerUrl' | 'origin'> {
  const landingUrl = cleanUrl(arrival.url)
  return {
    landingUrl,
    referrerUrl: cleanUrl(arrival.referrerUrl),
    origin: { source: readSource(arrival, ignoredReferrers), page: readPage(landingUrl) },
  }
}

/** An address as it may be stored; null: it is none. */
export const cleanUrl = (url: string | undefined): string | null => (url ? storedUrl(url) || null : null)

/** The page that a stored address shows, campaign parameters apart. */
export function readPage(url: string | null): Page | undefined {
  const page = url ? pageOfStored(url) : undefined
  if (!page || !url) return undefined
  const queryHash = page.query && createHash('sha256').update(page.query).digest('hex')
  return { path: page.path, queryHash, url }
}

/** What stood percent-encoded in an address can hold U+0000 too. */
export const readSource: typeof sourceOf = (arrival, ignoredReferrers) =>
  repairText(sourceOf(arrival, ignoredReferrers))
