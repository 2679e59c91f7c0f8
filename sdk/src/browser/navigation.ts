/** Notices when the visitor comes to a page: by loading it, by history navigation, or back from the back/forward cache. */
import { isCampaignKey } from '@headwater/attribution/campaign-keys'

/** React and others set the title after they have rendered, which takes them a few frames. */
const titleMs = 100

/**
 * Calls `view` for each page the visitor comes to, the present one included. When the title follows the address, `titled`
 * resolves once it should be there. Changes of the address by one script are one move, and the last address counts:
 * routers replace and push for one click. The function returned ends a move that has not ended yet.
 */
export function watchPages(view: (titled?: Promise<void>) => unknown): () => void {
  let page = pageIn(location)
  let isMoving = false

  function arrive(): void {
    if (!isMoving) return
    isMoving = false
    const before = page
    page = pageIn(location)
    if (page !== before) view(new Promise((resolve) => setTimeout(resolve, titleMs)))
  }

  watchHistory((how) => {
    const next = pageIn(location)
    // An app that keeps its state in the query, as maps do, stays on the same page.
    if (!isMoving && /^replace/.test(how) && withoutQuery(next) === withoutQuery(page)) page = next
    else {
      isMoving = true
      queueMicrotask(arrive)
    }
  })
  view()
  // Back from the cache: the same page, seen again.
  addEventListener('pageshow', ({ persisted }) => persisted && view())
  return arrive
}

/**
 * What identifies a page: path and query, without campaign parameters and click ids, which a page may remove. A fragment is
 * a place on the page, unless it looks like the route of a hash router: #/cart or #!/cart, where #/ is the page itself.
 */
export function pageIn({ pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>): string {
  const query = search
    .slice(1)
    .split('&')
    .filter((pair) => !isCampaignKey(pair.replace(/=.*/s, '')))
  return `${pathname}?${query}${/^#!?\/./.test(hash) ? hash : ''}`
}

function withoutQuery(page: string): string {
  return page.replace(/\?[^#]*/, '')
}

/** Calls `look` when the address may have changed; `how` begins with `replace` when an entry of the history was replaced. */
function watchHistory(look: (how: string) => void): void {
  // Firefox before 147 and Safari before 26.2 lack it; in a sandboxed frame it exists but fires nothing.
  const { navigation } = window as { navigation?: EventTarget & { currentEntry: unknown } }
  if (navigation?.currentEntry)
    navigation.addEventListener(
      'currententrychange',
      (event) => look((event as unknown as { navigationType: string }).navigationType), // as the standard says
    )
  else {
    addEventListener('popstate', () => look('traverse'))
    callAfter('pushState', look)
    callAfter('replaceState', look)
  }
}

function callAfter(name: 'pushState' | 'replaceState', look: (how: string) => void): void {
  const original = history[name]
  history[name] = function (this: History, ...args) {
    original.apply(this, args)
    look(name)
  }
}
