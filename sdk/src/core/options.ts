/** Reads and checks the options of a client; what is wrong is said before anything starts. */
import { limits } from '@headwater/contract'

export interface ClientOptions {
  /** The public token of your website, `hw_pub_…`; make one with `headwater token create`. */
  token: string
  /** The address of your collector, for example `https://t.example.com`. */
  endpoint: string
  /** Records page views by itself: on load, on history navigation, on return from the back/forward cache. Default true. */
  autoPage?: boolean
  /** The longest an event waits before it is sent, in ms, up to an hour. Default 5 000. */
  flushIntervalMs?: number
  /** The most events in one request, 1–500; as many waiting events are sent at once. Default 50. */
  batchSize?: number
}

/** The options with their defaults; the endpoint ends without a slash. */
export type Settings = Required<ClientOptions>

/** An option that cannot work. The message names the option, what it must be, and what was found. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const longestIntervalMs = 3_600_000

/** Throws a ConfigError for the first option that cannot work. */
export function readOptions(options: ClientOptions): Settings {
  const { token, endpoint, autoPage = true, flushIntervalMs = 5_000, batchSize = 50 } = options
  const settings = {
    token,
    endpoint: `${endpoint}`.replace(/\/+$/, ''),
    autoPage,
    flushIntervalMs,
    batchSize,
  }
  const rules: [option: keyof ClientOptions, isFine: unknown, need: string][] = [
    ['token', websiteKeyOf(token), 'a public token, as in hw_pub_...'],
    ['endpoint', hostOf(settings.endpoint), 'an absolute URL, as in https://stats.example.com'],
    ['flushIntervalMs', isWithin(longestIntervalMs, flushIntervalMs), 'a number of ms, as in 5000'],
    ['batchSize', isWithin(limits.eventsPerBatch, batchSize), 'a number up to 500, as in 50'],
  ]
  for (const [option, isFine, need] of rules) {
    if (!isFine) throw new ConfigError(`createClient: ${option} must be ${need}, but is ${options[option]}`)
  }
  return settings
}

/** The 8 characters of a public token that name its website; undefined when it is no public token. */
export function websiteKeyOf(token: unknown): string | undefined {
  return typeof token === 'string' ? /^hw_pub_([^_]{8})_\w+$/.exec(token)?.[1] : undefined
}

/** The host and port of an absolute http(s) URL that a path can be added to. */
export function hostOf(endpoint: string): string | undefined {
  return /^https?:\/\/([^/?#\s]+)[^?#\s]*$/.exec(endpoint)?.[1]
}

function isWithin(max: number, value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= max
}
