/** When the visitor comes to the page, leaves it and returns. */
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
        addEventListener('visibilitychange', turn, { signal }) // on the window, after the page's own listeners on the document
        addEventListener('pagehide', leave, { signal })
        leaveEarly(leave, signal)
        addEventListener('online', resume, { signal })
        resume()
      })
      return () => ending.abort()
    },
  }
}

/** When a tab is closed while its page loads, Chromium does not send what is requested at pagehide. */
function leaveEarly(leave: () => void, signal: AbortSignal): void {
  if (document.readyState === 'complete') return
  addEventListener('beforeunload', leave, { signal })
  // Firefox keeps no page with such a listener in its back/forward cache.
  addEventListener('load', () => removeEventListener('beforeunload', leave))
}

// At once, or, when the page is prerendered, when the visitor comes to it.
function whenShown(callback: () => void): void {
  const { prerendering } = document as { prerendering?: boolean }
  if (prerendering) document.addEventListener('prerenderingchange', () => callback(), { once: true })
  else callback()
}
