/** What the page and the browser know about this page. */
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

/** Routers and redirect scripts may change the address before the SDK is loaded; the browser remembers how it was. */
function addressAtLoad(): string | undefined {
  return performance.getEntriesByType?.('navigation')[0]?.name
}

/** The cookies in which Meta, Google Ads and LinkedIn keep click ids and browser ids for their own reports. */
export function adCookiesOfPage(): Record<string, string> {
  const found = cookieText().matchAll(/\b(_fb[cp]|_gcl_\w+|li_fat_id)=([^;]+)/g)
  return Object.fromEntries(Array.from(found, ([, name, value]) => [name, value]))
}
