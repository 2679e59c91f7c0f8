/** Reads and checks the options of a client; what is wrong is said before anything starts. */
import { limits } from '@headwater/contract'

export interface ClientOptions {
  /** The public token of your website, `hw_pub_…`; make one with `headwater token create`. */
  token: string
  /** The address of your collector, for example `https://t.example.com`. */
  endpoint: string
  /** Records page views by itself: on load, on history navigation, on return from the back/forward cache. Default true. */
  autoPage?: boolean
  /** The longest an event waits before it is sent, in ms. Default 5 000. */
  flushIntervalMs?: number
  /** The most events in one request, 1–500; as many waiting events are sent at once. Default 50. */
  batchSize?: number
}

/** The options with their defaults; the endpoint ends without a slash. */
export type Settings = Required<ClientOptions>

/** An option that cannot work. The message names the option, what was found, and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** An hour: whoever wants to wait longer does not want to be told of events. */
const maxIntervalMs = 3_600_000

/** Throws a ConfigError for the first option that cannot work. */
export function readOptions(options: ClientOptions): Settings {
  const { token, endpoint, autoPage = true, flushIntervalMs = 5_000, batchSize = 50 } = options ?? {}
  const url = urlOf(endpoint)
  const checks: [unknown, keyof ClientOptions, string][] = [
    [websiteKeyOf(token), 'token', 'a public token (hw_pub_…). Secret tokens are for servers'],
    [url, 'endpoint', 'an absolute http(s) URL. Pass the address of your collector, as in https://stats.example.com'],
    [isWithin(maxIntervalMs, flushIntervalMs), 'flushIntervalMs', `1–${maxIntervalMs} ms. The default is 5000`],
    [isWithin(limits.eventsPerBatch, batchSize), 'batchSize', `1–${limits.eventsPerBatch} events. The default is 50`],
  ]
  for (const [isFine, option, need] of checks) {
    if (!isFine) throw new ConfigError(`createClient: \`${option}\` is ${shown(options?.[option])}, but must be ${need}.`)
  }
  return { token, endpoint: url!.href.replace(/\/+$/, ''), autoPage, flushIntervalMs, batchSize } // checked above
}

/** The 8 characters of a public token that name its website; undefined when it is no public token. */
export function websiteKeyOf(token: unknown): string | undefined {
  return /^hw_pub_([^_]{8})_\w+$/.exec(String(token))?.[1]
}

/** Names the device's store: a new token of the same website finds the old queue, and two websites never mix. */
export function storeName({ endpoint, token }: Settings): string {
  return `headwater/${new URL(endpoint).host}/${websiteKeyOf(token)}`
}

function urlOf(endpoint: string): URL | undefined {
  try {
    const { protocol, origin, pathname } = new URL(endpoint)
    return /^https?:$/.test(protocol) ? new URL(origin + pathname) : undefined // without query, hash and password
  } catch {
    return undefined // the check says what is wrong with it
  }
}

function isWithin(max: number, value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max
}

// A token is cut: messages end up in logs.
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 40).replace(/^(hw_..._).*/, '$1…')}'` : String(value)
}
