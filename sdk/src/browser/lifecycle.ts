/** How the visitor comes to the page, leaves it and returns. */
import type { Lifecycle } from '../core/ports.ts'
import { watchPages } from './navigation.ts'
import { adCookiesOfPage, placeOfPage } from './page.ts'

export function createLifecycle(): Lifecycle {
  const shown = new Promise<void>(whenShown)

  return {
    shown,
    place: placeOfPage,
    adCookies: adCookiesOfPage,
    watch({ arrive, leave, resume }) {
      const ending = new AbortController()
      const { signal } = ending
      whenShown(() => {
        if (arrive) watchPages(arrive, signal)
        // Mobile browsers kill hidden tabs without another event; desktop ones close a visible tab with pagehide alone.
        const turn = () => (document.visibilityState === 'hidden' ? leave() : resume())
        addEventListener('visibilitychange', turn, { signal }) // of the window, which hears of it after the page's own listeners
        addEventListener('pagehide', leave, { signal })
        leaveEarly(leave, signal)
        addEventListener('online', resume, { signal })
        resume()
      })
      return () => ending.abort()
    },
  }
}

/** A tab that is closed while its page loads: what Chromium is asked to send at pagehide, it does not send then. */
function leaveEarly(leave: () => void, signal: AbortSignal): void {
  if (document.readyState === 'complete') return
  addEventListener('beforeunload', leave, { signal })
  // Firefox keeps no page in its back/forward cache that listens on.
  addEventListener('load', () => removeEventListener('beforeunload', leave))
}

// At once, or, in a page that is prerendered before anyone asked for it, when the visitor comes to it.
function whenShown(callback: () => void): void {
  const { prerendering } = document as { prerendering?: boolean }
  if (prerendering) document.addEventListener('prerenderingchange', () => callback(), { once: true })
  else callback()
}
