/** The script tag: starts a client by the tag's own attributes, then replays the calls that were made before it came. */
import type { Client } from '../core/api.ts'
import type { ClientOptions } from '../core/options.ts'
import type { Moment } from '../core/visitor/draft.ts'
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

// A second tag changes nothing. An element with this id shows up under this name too, but has no verbs.
if (!before?.track || before.q) {
  // A visitor whom another of your domains sends along is known before the client starts.
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
  const { client, at, start } = createBrowserCore(options)
  // The tag has no other ears. A loss with a message is one that a person can mend.
  const warn = ({ message }: { message?: string }) => message && console.warn(`headwater: ${message}`)
  client.on('error', warn)
  client.on('dropped', warn)
  // What the stub has seen of a page that is prerendered nobody has.
  const { prerendering } = document as { prerendering?: boolean }
  start(prerendering ? undefined : stub?.opening)
  const calls = stub?.q ?? []
  // Who holds on to the stub holds the client.
  Object.assign(Object(stub), client, { q: undefined })
  window.headwater = client
  for (const call of calls) {
    const [verb, ...args] = call
    const replay = client[verb as keyof Client] as ((...args: unknown[]) => unknown) | undefined // whatever the page wrote
    at(call.key ? (call as Moment) : undefined, () => replay?.(...args)) // ours have both
  }
  for (const name of extras) void load(name).then((extra) => extra.default?.(client, attributes))
}

type Extra = Record<string, ((...args: unknown[]) => void) | undefined>

/** Extras have the file's own name as their folder: `/sdk/vitals.js` beside `/sdk.js`. A module, which any strict policy lets pass. */
function load(name: string): Promise<Extra> {
  const address = tag.src.replace(/(\.js)?([?#].*)?$/, `/${name}.js`)
  return import(address).catch((cause) => {
    console.warn(cause) // it names the address
    return {}
  })
}

/** `data-auto-page="false"`, `data-batch-size="20"`, `data-ignored-referrers='["a.example"]'`: JSON where it is JSON; an empty one is true. */
function readAttribute(text = ''): unknown {
  try {
    return text === '' || JSON.parse(text)
  } catch {
    return text
  }
}
