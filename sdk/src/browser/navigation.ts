/** Notices when the visitor comes to a page: by loading it, by history navigation, or back from the back/forward cache. */

/**
 * Calls `view` for each page the visitor comes to, the present one included, until `signal` is aborted. Where the title
 * comes after the address, `titled` resolves when it is there.
 */
export function watchPages(view: (titled?: Promise<void>) => void, signal: AbortSignal): void {
  let lastPage = pageIn(location)
  view()

  watchHistory(() => {
    const page = pageIn(location)
    if (page === lastPage || signal.aborted) return
    lastPage = page
    // A page changes its address first, then its title; those who render later than that are not waited for.
    view(new Promise((resolve) => setTimeout(resolve)))
  }, signal)

  // Back from the cache: the same page, seen again.
  addEventListener('pageshow', ({ persisted }) => persisted && view(), { signal })
}

// A hash is a place on the page, unless it looks like the route of a hash router: #/cart or #!/cart.
function pageIn({ pathname, search, hash }: Location): string {
  return pathname + search + (/^#!?\//.test(hash) ? hash : '')
}

function watchHistory(look: () => void, signal: AbortSignal): void {
  const { navigation } = window as { navigation?: EventTarget } // Firefox before 147 and Safari before 26.2 lack it
  if (navigation) navigation.addEventListener('currententrychange', look, { signal })
  else patchHistory(look, signal)
}

function patchHistory(look: () => void, signal: AbortSignal): void {
  addEventListener('popstate', look, { signal })
  callAfter('pushState', look)
  callAfter('replaceState', look)
}

// Stays when the client ends: others may have patched over it since. `look` does nothing then.
function callAfter(name: 'pushState' | 'replaceState', look: () => void): void {
  const original = history[name]
  history[name] = function (this: History, ...args) {
    original.apply(this, args)
    look()
  }
}
