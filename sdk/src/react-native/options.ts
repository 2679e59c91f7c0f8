/** The options of a client in an app. */
import { ConfigError } from '../core/messages.ts'
import { type ClientOptions, readOptions, type Settings } from '../core/options.ts'
import { readable } from '../core/readable.ts'
import type { AppDetails } from './app-events.ts'
import { type AppStore, isAppStore } from './app-store.ts'
import type { NetInfoLike } from './net-info.ts'
import type { Gzip } from './transport.ts'

type SharedOption =
  | 'token'
  | 'endpoint'
  | 'flushIntervalMs'
  | 'batchSize'
  | 'consent'
  | 'newCampaignStartsSession'
  | 'sensitiveKeys'
  | 'beforeSend'

/** What `createClient` needs to know in an app: the website, the collector and the storage. Everything else has a default. */
export interface AppOptions extends Pick<ClientOptions, SharedOption> {
  /** Keeps events and the visitor's id: AsyncStorage, or anything in its shape, such as an adapter of MMKV. */
  storage: AppStore
  /** Says what the app is, for `app_installed`, `app_updated`, `app_opened`, and for the addresses of screens. */
  app?: AppDetails
  /** Records `app_installed`, `app_updated`, `app_opened` and `app_backgrounded`. Default true. */
  appEvents?: boolean
  /** Records the links that React Native's `Linking` reports. Default true. */
  links?: boolean
  /**
   * The hosts of your universal links that may bring a visitor from your website, with their id and session: see
   * `links` in `@headwater/sdk/links`. For example `['app.shop.example']`; a dot first includes subdomains. Default none.
   */
  handOff?: string[]
  /** Silence longer than this ends a session, in ms. Default 300 000: five minutes; the web has 30. */
  sessionIdleMs?: number
  /** `NetInfo` of `@react-native-community/netinfo`: events are sent as soon as the network is back. Default none. */
  netInfo?: NetInfoLike
  /** Compresses requests by gzip, for example with fflate: `(text) => gzipSync(strToU8(text))`. Default none. */
  gzip?: Gzip
}

const defaults = {
  app: {} as AppDetails,
  appEvents: true,
  links: true,
  handOff: [] as string[],
  sessionIdleMs: 300_000, // phones are put aside more often than desks; Amplitude's apps have five minutes too
}

/** The options with their defaults, and what the core needs of them. Throws a ConfigError for the first that cannot work. */
export function readAppOptions(given: AppOptions) {
  const options = { ...defaults, ...withoutUndefined(given) }
  for (const [name, isFine] of Object.entries(checks)) {
    const option = name as keyof typeof rules // a key of `checks`
    if (!isFine(options[option])) throw configError(option, options[option])
  }
  const settings: Settings = {
    ...readOptions({ ...options, autoPage: false }),
    idleMs: options.sessionIdleMs,
  }
  return { options, settings }
}

/** An undefined option counts as left out. */
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T // lacks what T may lack
}

/** What each option must be, and what to do when it is not. */
const rules = {
  storage: [
    'a storage in the shape of AsyncStorage',
    'Pass AsyncStorage itself, or an adapter with its methods.',
  ],
  handOff: ['a list of hosts', "Pass an array, as in ['app.shop.example']."],
  sessionIdleMs: ['a number of ms above 0', 'Leave it out for 300000.'],
} as const

const checks: Record<keyof typeof rules, (value: unknown) => boolean> = {
  storage: isAppStore,
  handOff: Array.isArray,
  sessionIdleMs: (value) => Number(value) > 0,
}

function configError(option: keyof typeof rules, found: unknown): ConfigError {
  const [rule, fix] = rules[option]
  return new ConfigError(`createClient: \`${option}\` must be ${rule}, got ${readable(found)}. ${fix}`)
}
