/** The script tag: starts a client with the options of the page, then replays the calls made before it loaded. */
import type { Client } from '../core/api.ts'
import type { ClientOptions } from '../core/options.ts'
import { originOf, type Stamp } from '../core/visitor/draft.ts'
import { createBrowserCore } from './client.ts'
import type { Stub } from './stub.ts'

declare global {
  interface Window {
    headwater?: Client | Stub
  }
}

// A module, and a tag that a tag manager has made, may have no current script; its attributes may still be on the page.
const tag = (document.currentScript ??
  document.querySelector('script[data-token^=hw]')) as HTMLScriptElement | null
const found: Stub & Partial<Client> & { isStarting?: boolean } = Object(window.headwater)
// An element with this id or name appears as this global too.
const stub = 'nodeType' in found ? {} : found
/** The options, as the page has put them into the global and into the attributes of the tag. */
const given: Record<string, unknown> = { endpoint: originOf(tag?.src), ...stub, ...tag?.dataset }
const extras: string[] = `${given.load ?? ''}`.match(/[^\s,]+/g) ?? []

// A second tag changes nothing: the client is there, or about to start.
if (!stub.isStarting && (stub.q || !stub.track)) {
  stub.isStarting = true
  window.headwater = stub
  begin().catch(warn) // it says which option to fix; the page goes on
}

// Without a visitor to accept it runs to its end at once.
async function begin(): Promise<void> {
  // A visitor whom another of the site's domains sends along has to be known before the client starts.
  if (extras.includes('links') && location.search.includes('hw_link='))
    await load('links')
      .then(({ acceptLink }) => acceptLink?.(given))
      .catch(warn)
  const options: Record<string, unknown> = {}
  // Verbs of the stub are no options.
  for (const [name, value] of Object.entries(given))
    if (typeof value !== 'function') options[name] = read(value)
  const { client, verbsAt, start } = createBrowserCore(options as unknown as ClientOptions) // which checks them
  // A tag has no listeners of its own. A loss with a message is one that a person can fix.
  const report = ({ message }: { message?: string }) => message && warn(`headwater: ${message}`)
  client.on('error', report)
  client.on('dropped', report)
  // A prerendered page has not been seen yet; ignore the stub's page view.
  start((document as { prerendering?: boolean }).prerendering ? undefined : stub.opening)
  const { q = [] } = stub
  window.headwater = client
  for (const call of q) {
    const [verb, ...args] = call
    const verbs = { ...client, ...(call.key && verbsAt(call as Stamp)) } // calls of our own stub have both key and time
    const replay = verbs[verb as keyof Client] as ((...args: unknown[]) => unknown) | undefined // whatever the page wrote
    replay?.(...args)
  }
  for (const name of extras) void load(name).then((extra) => extra.default?.(client, given))
  // A reference to the stub becomes one to the client. This comes last: a page may have frozen it.
  Object.assign(stub, client, { q: undefined })
}

/** `data-auto-page="false"`, `data-batch-size="20"`, `data-ignored-referrers='["a.example"]'`: JSON if it is JSON; an empty one is true. */
function read(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return value === '' || JSON.parse(value)
  } catch {
    return value
  }
}

type Extra = Record<string, ((...args: unknown[]) => void) | undefined>

/** The files of extras are in a folder with the script's own name: `/sdk/vitals.js` beside `/sdk.js`. Modules, which any strict policy allows. */
async function load(name: string): Promise<Extra> {
  try {
    return await import((tag?.src || `${given.endpoint}/sdk.js`).replace(/(\.js)?([?#].*)?$/, `/${name}.js`))
  } catch (cause) {
    warn(cause) // it names the address
    return {}
  }
}

// Pages may have a console of their own.
function warn(what: unknown): void {
  console.warn?.(what)
}
