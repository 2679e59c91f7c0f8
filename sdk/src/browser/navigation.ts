/** Notices when the visitor comes to a page: by loading it, by history navigation, or back from the back/forward cache. */
import { isCampaignKey } from '@headwater/attribution/campaign'

/** React and others set the title after they have rendered, which takes them a few frames. */
const titleMs = 100

/**
 * Calls `view` for each page the visitor comes to, the present one included, until `signal` is aborted. Where the title
 * comes after the address, `titled` resolves when it should be there.
 */
export function watchPages(view: (titled?: Promise<void>) => void, signal: AbortSignal): void {
  let lastPage = pageIn(location)
  view()

  watchHistory(() => {
    const page = pageIn(location)
    if (page === lastPage || signal.aborted) return
    lastPage = page
    view(new Promise((resolve) => setTimeout(resolve, titleMs)))
  }, signal)

  // Back from the cache: the same page, seen again.
  addEventListener('pageshow', ({ persisted }) => persisted && view(), { signal })
}

/** What tells pages apart: not campaign parameters and click ids, which a page may clean away. A hash is a place on the page, unless it looks like the route of a hash router: #/cart or #!/cart, where #/ is the page itself. */
export function pageIn({ pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>): string {
  const query = search
    .slice(1)
    .split('&')
    .filter((pair) => !isCampaignKey(pair.replace(/=.*/, '')))
  return `${pathname}?${query}${/^#!?\/./.test(hash) ? hash : ''}`
}

function watchHistory(look: () => void, signal: AbortSignal): void {
  // Firefox before 147 and Safari before 26.2 lack it; in a sandboxed frame it is there and silent.
  const { navigation } = window as { navigation?: EventTarget & { currentEntry: unknown } }
  if (navigation?.currentEntry) navigation.addEventListener('currententrychange', look, { signal })
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
