/** Reads and checks the options of a client; what is wrong is said before anything starts. */
import { defaultSessionRules, type SessionRules } from '@headwater/attribution/session'
import { limits, type WireEvent } from '@headwater/contract'
import { type ConfigCode, textOf } from './messages.ts'

/** Whether the visitor agrees: `pending` keeps events in memory, `denied` keeps nothing, `granted` lets everything through. */
export type ConsentState = 'granted' | 'denied' | 'pending'

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
  /** The most events in one request, 1–500; as many waiting events are sent at once. Default 100. */
  batchSize?: number
  /**
   * What the visitor has agreed to: see `consent`. Default `granted`; `denied` where the browser sends Global Privacy
   * Control, and with `respectDnt` where it sends Do Not Track.
   */
  consent?: ConsentState
  /** Takes Do Not Track for a no. Default false. */
  respectDnt?: boolean
  /**
   * Where the visitor's id is kept. `cookie`: in the first-party cookie `hw_id`, for all subdomains. `local`: on this
   * origin only, without a cookie. `memory`: nothing is kept on the device, and each page load is another visitor.
   * Default `cookie`.
   */
  persistence?: Persistence
  /**
   * Has the collector set the cookie again with each batch, so that it outlives the seven days which Safari gives to
   * cookies set by scripts. Works only where the collector is reached on the page's own origin. Default false.
   */
  collectorCookie?: boolean
  /** Another campaign or click id starts a new session. Default true. */
  newCampaignStartsSession?: boolean
  /**
   * Hosts that only pass visitors on (payment, sign-in), besides those the collector knows: coming from there, or from
   * below there, is no touch. For example `['pay.example.com']`.
   */
  ignoredReferrers?: string[]
  /** Query keys that are taken out of every address before it is stored, besides `token`, `email`, `password` and the like. */
  sensitiveKeys?: string[]
  /**
   * Sees each event before it is kept, and answers it, changed or not; `null` or `undefined` drops it, counted as
   * `before`. Who the visitor is, and in which session, is added later. An event whose hook throws is dropped.
   */
  before?: (event: WireEvent) => WireEvent | null | undefined
  /** Tells the story of each event in the console, from the call to the receipt. Default false. */
  debug?: boolean
}

export type Persistence = 'cookie' | 'local' | 'memory'

/** The options with their defaults; the endpoint ends without a slash. */
export interface Settings
  extends Required<typeof defaults>,
    Pick<ClientOptions, 'token' | 'endpoint' | 'before' | 'collectorCookie'> {
  consent: ConsentState
  sessionRules: SessionRules
}

/**
 * An option that cannot work, or a place where no client can. The message names the option, what it must be, what was
 * found, and what to do.
 */
export class ConfigError extends Error {
  override name = 'ConfigError'
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

/** Throws a ConfigError for the first option that cannot work. `unasked` is what holds where nobody asked the visitor. */
export function readOptions(options: ClientOptions, unasked: ConsentState = 'granted'): Settings {
  const { respectDnt, newCampaignStartsSession = true, ...given } = options
  const settings = {
    ...defaults,
    consent: unasked,
    ...withoutUndefined(given),
    endpoint: `${given.endpoint}`.replace(/\/+$/, ''),
    sessionRules: { ...defaultSessionRules, newCampaignStartsSession },
  }
  const { token, endpoint, flushIntervalMs, batchSize, consent, persistence } = settings
  const isFine: Record<string, unknown> = {
    token: websiteKeyOf(token),
    endpoint: hostOf(endpoint),
    flushIntervalMs: isWithin(longestIntervalMs, flushIntervalMs),
    batchSize: isWithin(limits.eventsPerBatch, batchSize),
    consent: isConsent(consent),
    persistence: /^(cookie|local|memory)$/.test(persistence),
    ignoredReferrers: Array.isArray(settings.ignoredReferrers),
    sensitiveKeys: Array.isArray(settings.sensitiveKeys),
  }
  for (const name in isFine) {
    if (!isFine[name]) throw new ConfigError(textOf(codeOf(name), options[name as keyof ClientOptions])) // it is one
  }
  return settings
}

function codeOf(option: string): ConfigCode {
  return `option_${option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}` as ConfigCode // each has one
}

// An option that is there but undefined is left out.
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T // lacks what T may lack
}

/** Is this one of the three? */
export function isConsent(state: unknown): state is ConsentState {
  return ['granted', 'denied', 'pending'].some((known) => known === state)
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
