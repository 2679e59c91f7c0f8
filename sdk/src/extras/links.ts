/** Cross-domain links: one visitor stays one visitor on another domain of yours. */
import { createIdCookie } from '../browser/cookie.ts'
import { isRefused } from '../browser/refusal.ts'
import type { ClientOptions } from '../core/options.ts'
import { isOn, type Names, namesIn } from './attributes.ts'
import { clickedLink } from './clicked-link.ts'
import { guarded, listen } from './guarded.ts'
import { isListed } from './hosts.ts'
import { onSubmit } from './submits.ts'

export interface LinkOptions {
  /**
   * The hosts of your other domains: `['shop.example', '.other.example']` or `'shop.example,.other.example'`; a dot first
   * includes subdomains. Default none.
   */
  domains?: Names
}

/** Pass the client's own options: without consent, or without a cookie, the record is not kept. */
export interface AcceptOptions extends LinkOptions, Partial<Omit<ClientOptions, 'respectDnt'>> {
  /** The client's option, or its text in a script tag. */
  respectDnt?: boolean | string
  /** Keeps the visitor's record where the client will find it: by default in the cookie `hw_id`. */
  save?: (record: string) => void
}

const parameter = 'hw_link'
/** Loading a page takes seconds; copying a link and opening it elsewhere takes longer. */
const lifetimeMs = 120_000

/**
 * Adds the visitor's record, as `hw_link`, to links and forms that lead to the listed hosts, and returns an undo function.
 * It is added while the visitor follows them and removed at once, so an address that is copied from the page
 * does not contain it. The other side takes the record with `acceptLink`, within two minutes and in the same browser only.
 *
 * Without a record (before consent, say) nothing is added. Not covered: `location.assign()`, `window.open()`,
 * `form.submit()` and links opened from the context menu. Never throws into the page. The client is a parameter because the
 * script tag starts all optional files alike.
 *
 *     import { links } from '@headwater/sdk/links'
 *     links(hw, { domains: ['shop.example'] })
 */
export function links(_client: object, options: LinkOptions = {}): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const domains = namesIn(options.domains)
  const leadsToUs = ({ hostname }: URL) => hostname !== location.hostname && isListed(hostname, domains)

  const follow = (event: MouseEvent) => {
    const link = clickedLink(event)
    if (!link || !leadsToUs(link.url)) return
    const text = currentLink()
    if (text) lend(link.element, link.attribute, withLink(link.url, text))
  }
  listen('click', signal, follow)
  listen('auxclick', signal, follow)
  onSubmit(signal, ({ form, method, url, addressed }) => {
    if (!url || !leadsToUs(url)) return
    const text = currentLink()
    if (!text) return
    if (method === 'post') lend(addressed.element, addressed.attribute, withLink(url, text))
    else lendField(form, text) // a GET form replaces the query of its address
  })
  return () => ending.abort()
}

export default links

/**
 * Takes the visitor's record from the address of this page, if a listed site has put one there, and removes it from the
 * address. Call it before the client is created. A record is refused when it is older than two minutes, comes from
 * another browser or was changed; with `domains`, also when the referrer is on none of them.
 * It replaces the record that this site has: the visitor is who they were before. Never throws.
 *
 *     import { acceptLink } from '@headwater/sdk/links'
 *     acceptLink({ domains: ['shop.example'] })
 *     const hw = createClient({ token: 'hw_pub_…', endpoint: 'https://t.example.com' })
 */
export function acceptLink(options: AcceptOptions = {}): void {
  const { domains, save = createIdCookie().write } = options

  const isOurs = (pair: string) => pair.startsWith(`${parameter}=`)
  const pairs = location.search.slice(1).split('&')
  const text = pairs.find(isOurs)?.slice(parameter.length + 1)
  if (text === undefined) return
  guarded(() => {
    const record = recordIn(text)
    // Seen just now: of two records the client takes the later one.
    if (record && isWelcome(namesIn(domains)) && mayKeep(options))
      save(record.replace(/\d+$/, `${Date.now()}`))
  })()
  guarded(() => {
    const url = new URL(location.href)
    url.search = pairs.filter((pair) => !isOurs(pair)).join('&')
    history.replaceState(history.state, '', url)
  })()
}

function mayKeep({ persistence = 'cookie', respectDnt, ...options }: AcceptOptions): boolean {
  const consent = saidBefore() ?? options.consent
  const isGranted = consent ? consent === 'granted' : !isRefused(respectDnt !== undefined && isOn(respectDnt))
  return isGranted && persistence === 'cookie'
}

/** The consent state that the page has set before its client exists, as queued by the stub or by the page itself. */
function saidBefore(): unknown {
  const { headwater } = window as { headwater?: { q?: unknown[][] } }
  return headwater?.q?.findLast?.(([verb]) => verb === 'consent')?.[1]
}

// A site may hide its referrer; then only time and browser are checked.
function isWelcome(domains: readonly string[]): boolean {
  const { referrer } = document
  return domains.length === 0 || !referrer || isListed(new URL(referrer).hostname, domains)
}

/** `<record>.<ms, base 36>.<check>`; undefined when this browser has no record. */
function currentLink(): string | undefined {
  const record = createIdCookie().read()
  if (!record || !isRecord(record)) return undefined
  const stamped = `${record}.${Date.now().toString(36)}`
  return `${stamped}.${checkOf(stamped)}`
}

function recordIn(text: string): string | undefined {
  const [, stamped = '', record = '', at = '', check] = /^((.+)\.([^.]+))\.([^.]+)$/.exec(text) ?? []
  const ageMs = Date.now() - Number.parseInt(at, 36)
  const isFresh = Math.abs(ageMs) < lifetimeMs // one clock wrote both, but it may have been set in between
  return isRecord(record) && isFresh && check === checkOf(stamped) ? record : undefined
}

// FNV-1a, 32 bits. Neither secret nor proof: it distinguishes browsers, and detects truncated links.
function checkOf(stamped: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode([stamped, navigator.userAgent, navigator.language].join())) {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

// 1.<anonymous_id>.<session_id>.<session_started_ms>.<last_seen_ms>
function isRecord(text: string): boolean {
  return /^1(\.[\w-]+){2}(\.\d+){2}$/.test(text)
}

function withLink(url: URL, text: string): string {
  const to = new URL(url)
  const others = to.search
    .slice(1)
    .split('&')
    .filter((pair) => pair && !pair.startsWith(`${parameter}=`))
  to.search = [...others, `${parameter}=${text}`].join('&')
  return to.href
}

// The browser reads the address right after this event; by the next task the page has its own again.
function lend(element: Element, attribute: string, value: string): void {
  const own = element.getAttribute(attribute)
  element.setAttribute(attribute, value)
  setTimeout(() => {
    if (element.getAttribute(attribute) !== value) return // the page has changed it since
    if (own === null) element.removeAttribute(attribute)
    else element.setAttribute(attribute, own)
  })
}

function lendField(form: HTMLFormElement, text: string): void {
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = parameter
  field.value = text
  form.append(field)
  setTimeout(() => field.remove())
}
