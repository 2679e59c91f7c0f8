/** What a page and its browser say about themselves. */
import type { Place } from '../core/ports.ts'
import { cookieText } from './cookie.ts'

export function placeOfPage(): Place {
  const { href } = location
  return {
    url: href,
    title: document.title,
    referrer: document.referrer || undefined,
    landing: addressAtLoad() ?? href,
  }
}

/** Routers and redirect scripts may strip an address before we come; the browser remembers how it was. */
function addressAtLoad(): string | undefined {
  return performance.getEntriesByType?.('navigation')[0]?.name
}

/** The cookies in which Meta, Google Ads and LinkedIn keep clicks and browsers for their own reports. */
export function adCookiesOfPage(): Record<string, string> {
  const found = cookieText().matchAll(/\b(_fb[cp]|_gcl_\w+|li_fat_id)=([^;]+)/g)
  return Object.fromEntries(Array.from(found, ([, name, value]) => [name, value]))
}
