/** How the visitor comes to the page, leaves it and returns. */
import type { Lifecycle, Undo } from '../core/ports.ts'
import { listen } from './listen.ts'
import { watchPages } from './navigation.ts'
import { contextOfBrowser, placeOfPage } from './page.ts'

export function createLifecycle(): Lifecycle {
  const shown = new Promise<void>(whenShown)

  return {
    shown,
    place: placeOfPage,
    context: contextOfBrowser,
    watch({ arrive, leave, resume }) {
      const undos: Undo[] = []
      whenShown(() => {
        if (arrive) undos.push(watchPages(arrive))
        undos.push(
          // Mobile browsers kill hidden tabs without another event; desktop ones close a visible tab with pagehide alone.
          listen(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? leave() : resume())),
          listen(window, 'pagehide', leave),
          listen(window, 'online', resume),
        )
        resume()
      })
      return () => {
        for (const undo of undos) undo()
      }
    },
  }
}

// At once, or, in a page that is prerendered before anyone asked for it, when the visitor comes to it.
function whenShown(callback: () => void): void {
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', () => callback(), { once: true })
  } else callback()
}
