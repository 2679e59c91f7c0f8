/** The script tag: starts a client by the tag's own attributes, then replays the calls that were made before it came. */
import { type Client, createClient } from './index.ts'

/** What a page may put in our place until we come: calls, each as `[verb, ...arguments]`. */
interface Stub {
  q?: [verb: string, ...args: unknown[]][]
}

declare global {
  interface Window {
    headwater?: Client | Stub
  }
}

const tag = document.currentScript as HTMLScriptElement // a classic script has one, and this build is no module
const { token = '', endpoint = new URL(tag.src).origin } = tag.dataset
const before = window.headwater
// A second tag changes nothing. An element with this id shows up under this name too, but has no verbs.
if (!before || !('track' in before) || 'q' in before) start(before as Stub | undefined)

function start(stub: Stub | undefined): void {
  const client = createClient({ token, endpoint })
  client.on('error', ({ message }) => console.warn(`headwater: ${message}`)) // the tag has no other ears
  window.headwater = client
  for (const [verb, ...args] of stub?.q ?? []) {
    const call = client[verb as keyof Client] as ((...args: unknown[]) => unknown) | undefined // whatever the page wrote
    call?.(...args)
  }
}
