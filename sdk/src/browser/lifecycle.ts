/** When the visitor comes to the page, leaves it and returns. */
import type { Lifecycle } from '../core/ports.ts'
import { watchPages } from './navigation.ts'
import { adCookiesOfPage, placeOfPage } from './page.ts'

export function createLifecycle(): Lifecycle {
  let arriveNow = () => {}

  return {
    shown: new Promise<void>(whenShown),
    place() {
      arriveNow() // the view comes before an event of the script that moves to the page
      return placeOfPage()
    },
    adCookies: adCookiesOfPage,
    watch({ arrive, leave, resume }) {
      // Listeners stay on the page but do nothing after the undo: some pages wrap addEventListener and lose its options.
      let isWatching = true
      const listen = (type: string, listener: () => void) =>
        addEventListener(type, () => isWatching && listener())
      whenShown(() => {
        if (arrive) arriveNow = watchPages((titled) => isWatching && arrive(titled))
        // Mobile browsers kill hidden tabs without another event; desktop ones close a visible tab with only a pagehide.
        // On the window, after the page's own listeners on the document.
        listen('visibilitychange', () => (document.hidden ? leave() : resume()))
        listen('pagehide', leave)
        listen('online', resume)
        leaveEarly(() => isWatching && leave())
        resume()
      })
      return () => {
        isWatching = false
      }
    },
  }
}

/** When a tab is closed while its page loads, Chromium does not send what is requested at pagehide. */
function leaveEarly(leave: () => unknown): void {
  if (document.readyState === 'complete') return
  addEventListener('beforeunload', leave)
  // Firefox keeps no page with such a listener in its back/forward cache.
  addEventListener('load', () => removeEventListener('beforeunload', leave))
}

// At once; for a prerendered page, when the visitor comes to it.
function whenShown(callback: () => void): void {
  const { prerendering } = document as { prerendering?: boolean }
  if (prerendering) document.addEventListener('prerenderingchange', callback)
  else callback()
}
