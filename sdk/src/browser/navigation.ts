/** Notices when the visitor comes to a page: by loading it, by history navigation, or back from the back/forward cache. */
import type { Undo } from '../core/ports.ts'
import { listen } from './listen.ts'

/** Calls `view` for each page the visitor comes to, the present one included. */
export function watchPages(view: () => void): Undo {
  let lastPage: string | undefined

  function look(): void {
    const page = pageIn(location)
    if (page === lastPage) return
    lastPage = page
    view()
  }

  const undos = [
    watchHistory(look),
    listen(window, 'pageshow', (event) => {
      if ((event as PageTransitionEvent).persisted) view() // back from the cache: the same page, seen again
    }),
  ]
  look()
  return () => {
    for (const undo of undos) undo()
  }
}

// A hash is a place on the page, unless it looks like the route of a hash router: #/cart or #!/cart.
function pageIn({ pathname, search, hash }: Location): string {
  return pathname + search + (/^#!?\//.test(hash) ? hash : '')
}

function watchHistory(look: () => void): Undo {
  const { navigation } = window as { navigation?: EventTarget } // Firefox before 147 and Safari before 26.2 lack it
  return navigation ? listen(navigation, 'currententrychange', look) : patchHistory(look)
}

function patchHistory(look: () => void): Undo {
  const undos = (['pushState', 'replaceState'] as const).map((name) => {
    const original = history[name]
    const patched: typeof original = function (this: History, ...args) {
      original.apply(this, args)
      look()
    }
    history[name] = patched
    return () => {
      if (history[name] === patched) history[name] = original // else someone patched over us and still calls us
    }
  })
  undos.push(listen(window, 'popstate', look))
  return () => {
    for (const undo of undos) undo()
  }
}
