/** Reads and checks the options of a client; what is wrong is said before anything starts. */
import { limits } from '@headwater/contract'
import { type ConfigCode, textOf } from './texts.ts'

/** What `createClient` needs to know: which website, and where the collector is; the rest has defaults. */
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

/**
 * An option that cannot work, or a place where no client can. The message names the option, what it must be, what was
 * found, and what to do.
 */
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
  const rules: [code: ConfigCode, value: unknown, isFine: unknown][] = [
    ['option_token', token, websiteKeyOf(token)],
    ['option_endpoint', endpoint, hostOf(settings.endpoint)],
    ['option_flush_interval_ms', flushIntervalMs, isWithin(longestIntervalMs, flushIntervalMs)],
    ['option_batch_size', batchSize, isWithin(limits.eventsPerBatch, batchSize)],
  ]
  for (const [code, value, isFine] of rules) {
    if (!isFine) throw new ConfigError(textOf(code, value))
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
