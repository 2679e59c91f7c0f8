/** What a page and its browser say about themselves. */
import type { WireContext } from '@headwater/contract'
import type { Place } from '../core/ports.ts'

export function placeOfPage(): Place {
  return { url: location.href, title: document.title, referrer: document.referrer || undefined }
}

export function contextOfBrowser(): WireContext {
  return {
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height },
  }
}
