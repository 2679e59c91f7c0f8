/** Reads and checks the options of a client, before anything starts. */
import { defaultSessionRules, type SessionRules } from '@headwater/attribution/session'
import { limits, type WireEvent } from '@headwater/contract'
import { type CheckedOption, configError } from './messages.ts'

/** What the visitor agrees to: `granted` stores and sends events, `pending` keeps them in memory, `denied` keeps nothing. */
export type ConsentState = 'granted' | 'denied' | 'pending'

/** What `createClient` needs to know: the website and the collector. Everything else has a default. */
export interface ClientOptions {
  /** The public token of your website, `hw_pub_…`; make one with `headwater token create`. */
  token: string
  /** The address of your collector, for example `https://t.example.com`. */
  endpoint: string
  /** Records page views automatically: on load, on history navigation, on return from the back/forward cache. Default true. */
  autoPage?: boolean
  /** The longest an event waits before it is sent, in ms, up to an hour. Default 5 000. */
  flushIntervalMs?: number
  /** The most events in one request, 1–500. Once that many are waiting, they are sent. Default 100. */
  batchSize?: number
  /**
   * What the visitor has agreed to: see `consent`. Default `granted`; `denied` when the browser sends Global Privacy
   * Control, or with `respectDnt` Do Not Track.
   */
  consent?: ConsentState
  /** Treats Do Not Track as a refusal. Default false. */
  respectDnt?: boolean
  /**
   * Where the visitor's id is kept. `cookie`: in the first-party cookie `hw_id`, for all subdomains. `local`: on this
   * origin only, without a cookie. `memory`: nothing is kept on the device, and each page load is a new visitor.
   * Default `cookie`.
   */
  persistence?: Persistence
  /**
   * The collector sets the cookie again with each batch, so that it outlives the seven days that Safari allows to
   * cookies set by scripts. Works only when the collector is reached on the page's own origin. Default false.
   */
  collectorCookie?: boolean
  /** A new campaign or click id starts a new session. Default true. */
  newCampaignStartsSession?: boolean
  /**
   * Hosts that only pass visitors on (payment, sign-in), in addition to those that the collector knows. Arriving from them or
   * their subdomains is no touch. For example `['pay.example.com']`.
   */
  ignoredReferrers?: string[]
  /**
   * Query keys that are removed from every address before it is stored, in addition to `token`, `email`, `password` and the
   * like.
   */
  sensitiveKeys?: string[]
  /**
   * Receives each event before it is stored, and returns it, changed or not. `null` or `undefined` drops the event, counted
   * as `before_send`. Visitor and session are added later. When the hook throws, its event is dropped.
   */
  beforeSend?: (event: WireEvent) => WireEvent | null | undefined
  /** Logs to the console what happens to each event, from the call to the receipt. Default false. */
  debug?: boolean
}

export type Persistence = 'cookie' | 'local' | 'memory'

/** The options with their defaults, and with the rules for sessions; the endpoint ends without a slash. */
export interface Settings
  extends SessionRules,
    Required<typeof defaults>,
    Pick<ClientOptions, 'token' | 'endpoint' | 'beforeSend' | 'collectorCookie'> {
  consent: ConsentState
}

const longestIntervalMs = 3_600_000

const defaults = {
  autoPage: true,
  flushIntervalMs: 5_000,
  batchSize: 100,
  persistence: 'cookie' as Persistence,
  ignoredReferrers: [] as string[],
  sensitiveKeys: [] as string[],
}

/** What each option must be; messages.ts says it in words. */
const checks: Record<CheckedOption, (value: unknown) => unknown> = {
  token: websiteKeyOf,
  endpoint: hostOf,
  flushIntervalMs: isWholeUpTo(longestIntervalMs),
  batchSize: isWholeUpTo(limits.eventsPerBatch),
  consent: isConsent,
  persistence: (value) => /^(cookie|local|memory)$/.test(`${value}`),
  ignoredReferrers: Array.isArray,
  sensitiveKeys: Array.isArray,
}

/** Throws a ConfigError for the first option that cannot work. `unasked` is the consent state when the page sets none. */
export function readOptions(options: ClientOptions, unasked: ConsentState = 'granted'): Settings {
  const settings = {
    ...defaultSessionRules,
    ...defaults,
    consent: unasked,
    ...options,
    endpoint: `${options.endpoint}`.replace(/\/+$/, ''),
  }
  for (const [name, isFine] of Object.entries(checks)) {
    const option = name as CheckedOption // a key of `checks`
    if (!isFine(settings[option])) throw configError(option, options[option])
  }
  return settings
}

/** Whether it is one of the three states. */
export function isConsent(state: unknown): state is ConsentState {
  return (['granted', 'denied', 'pending'] as unknown[]).includes(state)
}

/** The 8 characters of a public token that identify its website; undefined for anything else. */
export function websiteKeyOf(token: unknown): string | undefined {
  return typeof token === 'string' ? /^hw_pub_([^_]{8})_\w+$/.exec(token)?.[1] : undefined
}

/** Host and port of an absolute http(s) URL to which a path can be added; undefined for anything else. */
export function hostOf(endpoint: unknown): string | undefined {
  return /^https?:\/\/([^/?#\s]+)[^?#\s]*$/.exec(`${endpoint}`)?.[1]
}

function isWholeUpTo(max: number) {
  return (value: unknown) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= max
}
