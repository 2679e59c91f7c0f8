/** What the page and the browser know about this page. */
import type { Place } from '../core/ports.ts'
import { cookieText, textOfDocument } from './cookie.ts'

export function placeOfPage(): Place {
  const { href } = location
  return {
    url: href,
    title: textOfDocument('title'),
    referrer: textOfDocument('referrer') || undefined,
    landing: addressAtLoad() ?? href,
  }
}

/** Routers and redirect scripts may change the address before the SDK is loaded; the browser remembers how it was. */
function addressAtLoad(): string | undefined {
  return performance?.getEntriesByType?.('navigation')[0]?.name
}

/** The cookies in which Meta, Google Ads and LinkedIn keep click ids and browser ids for their own reports. */
export function adCookiesOfPage(): Record<string, string> {
  const cookies: Record<string, string> = {}
  const pairs = cookieText().matchAll(/\b(_fb[cp]|_gcl_\w+|li_fat_id)=([^;]+)/g)
  for (const [, name, value] of pairs) cookies[name as string] = value as string // the pattern has both
  return cookies
}
