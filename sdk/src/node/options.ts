/** Reads and checks the options of a server's client, before anything starts. */
import { limits, type WireEvent } from '@headwater/contract'
import { ConfigError } from '../core/messages.ts'
import { hostOf, type Settings as PageSettings } from '../core/options.ts'
import { shown } from './messages.ts'

/** What `createClient` needs to know: the website and the collector. Everything else has a default. */
export interface ServerOptions {
  /**
   * A secret token of your website, `hw_sec_…`, with the scope `events:write`; make one with `headwater token create`. May be
   * an unset environment variable as far as the compiler knows: `createClient` throws then.
   */
  token: string | undefined
  /** The address of your collector, for example `https://t.example.com`. */
  endpoint: string
  /**
   * A folder where events wait, so that they survive a killed process; several processes may share it. Needs Node's
   * file system. Default: events wait in memory.
   */
  spool?: string
  /** The longest an event waits before it is sent, in ms, up to an hour. Default 1 000. */
  flushIntervalMs?: number
  /** The most events in one request, 1–500. Once that many are waiting, they are sent. Default 500. */
  batchSize?: number
  /** The most events that wait in memory; beyond that the oldest are dropped as `queue_full`. Default 100 000. */
  maxQueueEvents?: number
  /**
   * The most JSON that waits, in bytes, in memory or in this process's part of the `spool`; beyond that the oldest events are
   * dropped as `queue_full`. Default 100 000 000.
   */
  maxQueueBytes?: number
  /**
   * Receives each event before it is kept, in the wire format, and returns it, changed or not. `null` or `undefined` drops it,
   * counted as `before_send`. When the hook throws, its event is dropped.
   */
  beforeSend?: (event: WireEvent) => WireEvent | null | undefined
  /** Sends the requests, for example through a proxy. Default: the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

const defaults = {
  flushIntervalMs: 1_000,
  batchSize: 500,
  maxQueueEvents: 100_000,
  maxQueueBytes: 100_000_000,
}

/** The options with their defaults; the endpoint ends without a slash. */
export interface Settings
  extends Omit<ServerOptions, 'token' | keyof typeof defaults>,
    Required<typeof defaults> {
  token: string
  /** The sending rules ask for it; a server reports what its visitors have agreed to. */
  consent: PageSettings['consent']
}

type CheckedOption = Exclude<keyof ServerOptions, 'spool'>

/** What each option must be, in words, and what to do when it is not. */
const rules: Record<CheckedOption, [isFine: (value: unknown) => unknown, rule: string, fix: string]> = {
  token: [websiteKeyOf, 'a secret token, hw_sec_…', 'Make one with `headwater token create`.'],
  endpoint: [
    hostOf,
    'an absolute http(s) URL without a query',
    'Pass the address of your collector, for example https://t.example.com.',
  ],
  flushIntervalMs: wholeUpTo(3_600_000, 'Leave it out for 1000.'),
  batchSize: wholeUpTo(limits.eventsPerBatch, 'Leave it out for 500.'),
  maxQueueEvents: wholeUpTo(10_000_000, 'Leave it out for 100000.'),
  maxQueueBytes: wholeUpTo(1_000_000_000_000, 'Leave it out for 100000000.'),
  beforeSend: [isFunctionOrAbsent, 'a function', 'Leave it out to send every event as it is.'],
  fetch: [isFunctionOrAbsent, 'a function like `fetch`', 'Leave it out for the global `fetch`.'],
}

/** Throws a ConfigError for the first option that cannot work. An undefined option counts as left out. */
export function readOptions(options: ServerOptions): Settings {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  const settings = { ...defaults, consent: 'granted', ...Object.fromEntries(given) } as Settings // checked below
  for (const [name, [isFine, rule, fix]] of Object.entries(rules)) {
    const value = settings[name as CheckedOption] // a key of `rules`
    if (!isFine(value)) throw configError(name, rule, `got ${shown(value)}. ${fix}`)
  }
  return { ...settings, consent: 'granted', endpoint: settings.endpoint.replace(/\/+$/, '') }
}

/** The error for an option that cannot work: what it must be, what was found, and what to do. */
export function configError(option: string, rule: string, rest: string): ConfigError {
  return new ConfigError(`createClient: \`${option}\` must be ${rule}, ${rest}`)
}

/** The 8 characters of a secret token that identify its website; undefined for anything else. */
export function websiteKeyOf(token: unknown): string | undefined {
  return typeof token === 'string' ? /^hw_sec_([^_]{8})_\w+$/.exec(token)?.[1] : undefined
}

function wholeUpTo(max: number, fix: string): [(value: unknown) => boolean, string, string] {
  const isFine = (value: unknown) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= max
  return [isFine, `a whole number from 1 to ${max}`, fix]
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}
