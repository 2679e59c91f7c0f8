/** Reads an arrival at a page: its landing page and its source. */
import { createHash } from 'node:crypto'
import { type Arrival, sourceOf } from '@headwater/attribution/touch'
import { pageOfStored, storedUrl } from '@headwater/attribution/url'
import type { EventSession, Page } from './event.ts'
import { repairText } from './repair-text.ts'

/** The landing of the session that an arrival opens; `ignoredReferrers` are the website's own. */
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

/** An address in the form in which it is stored; null: not an address. */
export const cleanUrl = (url: string | undefined): string | null => (url ? storedUrl(url) || null : null)

/** The page of a stored address, without campaign parameters. */
export function readPage(url: string | null): Page | undefined {
  const page = url ? pageOfStored(url) : undefined
  if (!page || !url) return undefined
  const queryHash = page.query && createHash('sha256').update(page.query).digest('hex')
  return { path: page.path, queryHash, url }
}

/** Percent-decoded parts of an address can contain U+0000 too. */
export const readSource: typeof sourceOf = (arrival, ignoredReferrers) =>
  repairText(sourceOf(arrival, ignoredReferrers))
