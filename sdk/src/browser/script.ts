/** The script tag: starts a client with the options of the tag's attributes, then replays the calls made before it loaded. */
import type { Client } from '../core/api.ts'
import type { ClientOptions } from '../core/options.ts'
import type { Stamp } from '../core/visitor/draft.ts'
import { createBrowserCore } from './client.ts'
import type { Stub } from './stub.ts'

declare global {
  interface Window {
    headwater?: Client | Stub
  }
}

const tag = document.currentScript as HTMLScriptElement // a classic script has one, and this build is no module
const before = window.headwater as (Partial<Client> & Stub) | undefined
const { load: wanted, ...attributes } = tag.dataset
const extras = wanted?.split(/[\s,]+/) ?? []

// A second tag changes nothing. An element with this id appears under this name too, but has no verbs.
if (!before?.track || before.q) {
  // A visitor whom another of the site's domains sends along has to be known before the client starts.
  if (extras.includes('links') && location.search.includes('hw_link=')) {
    void load('links')
      .then(({ acceptLink }) => acceptLink?.(attributes))
      .catch(console.warn)
      .then(begin)
  } else begin()
}

function begin(): void {
  const stub = window.headwater as Stub | undefined
  const { token = '', endpoint = new URL(tag.src).origin } = attributes
  const others = Object.entries(attributes).map(([name, text]) => [name, readAttribute(text)])
  const options: ClientOptions = { ...Object.fromEntries(others), token, endpoint }
  const { client, verbsAt, start } = createBrowserCore(options)
  // A tag has no listeners of its own. A loss with a message is one that a person can fix.
  const warn = ({ message }: { message?: string }) => message && console.warn(`headwater: ${message}`)
  client.on('error', warn)
  client.on('dropped', warn)
  // A prerendered page has not been seen yet; ignore the stub's page view.
  const { prerendering } = document as { prerendering?: boolean }
  start(prerendering ? undefined : stub?.opening)
  const calls = stub?.q ?? []
  // A reference to the stub becomes one to the client.
  Object.assign(Object(stub), client, { q: undefined })
  window.headwater = client
  for (const call of calls) {
    const [verb, ...args] = call
    const verbs = { ...client, ...(call.key && verbsAt(call as Stamp)) } // calls of our own stub have both key and time
    const replay = verbs[verb as keyof Client] as ((...args: unknown[]) => unknown) | undefined // whatever the page wrote
    replay?.(...args)
  }
  for (const name of extras) void load(name).then((extra) => extra.default?.(client, attributes))
}

type Extra = Record<string, ((...args: unknown[]) => void) | undefined>

/** The files of extras are in a folder with the script's own name: `/sdk/vitals.js` beside `/sdk.js`. Modules, which any strict policy allows. */
function load(name: string): Promise<Extra> {
  const address = tag.src.replace(/(\.js)?([?#].*)?$/, `/${name}.js`)
  return import(address).catch((cause) => {
    console.warn(cause) // it names the address
    return {}
  })
}

/** `data-auto-page="false"`, `data-batch-size="20"`, `data-ignored-referrers='["a.example"]'`: JSON if it is JSON; an empty one is true. */
function readAttribute(text = ''): unknown {
  try {
    return text === '' || JSON.parse(text)
  } catch {
    return text
  }
}
