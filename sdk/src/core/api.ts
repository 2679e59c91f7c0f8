/** The public API of a client, the same on every platform. */
import type { Notices } from './notices.ts'
import type { ConsentState } from './options.ts'

/** The events of a site: each name with its properties. */
export type EventMap = Record<string, Record<string, unknown>>

// Properties may be left out when none of them is required.
type PropsOf<Props> = Partial<Props> extends Props ? [props?: Props] : [props: Props]

/** What a conversion may say about itself; everything is optional. */
export interface Conversion<Props = Record<string, unknown>> {
  /** The order number. Conversions with the same name and id count once, wherever they are reported from. */
  id?: string
  /** The worth in minor units of `currency`: cents, but whole yen. Negative is a refund. Needs `currency`. */
  revenueCents?: number
  /** ISO 4217, as in `'EUR'`. Needs `revenueCents`. */
  currency?: string
  /** Any other JSON, at most 32 KB. */
  props?: Props
}

/** What is known of a person besides the id. */
export interface Traits {
  /** Trimmed, lower-cased and hashed (SHA-256) on the device; the address itself is neither stored nor sent. */
  email?: string
}

/** What is stored on a device. */
export interface Stored {
  /** The database: each waiting event, the visitor with the current session and the earlier touches, and how many bytes wait. */
  records: unknown[]
  /** Short texts in localStorage by name, and `id`, which is the cookie `hw_id` if one is used. */
  texts: Record<string, string>
}

/**
 * Records events and delivers them to the collector. Verbs return at once and never throw. What cannot be recorded is
 * counted, passed to `on('dropped')`, and reported with the next batch.
 *
 * With a map of your events, names and properties are checked:
 *
 *     const hw = createClient<{ purchase: { orderId: string } }>({ token, endpoint })
 *     hw.track('purchase', { orderId: '1001' })
 */
export interface Client<Events extends object = EventMap> {
  /**
   * Records that something happened. The event is written to the device's storage and sent within `flushIntervalMs`
   * (default 5 000 ms); it survives a closed tab and a lost network. Its properties are copied as JSON.
   *
   * What is no JSON (a BigInt, an object that contains itself) is dropped as `invalid_event`. Beyond 10 MB on the device
   * the oldest events are dropped as `queue_full`; so is every call while 10,000 calls wait for consent. The collector
   * rejects an event whose properties are over 32 KB of JSON or 10 levels deep, or whose name is not 1–200 characters
   * long: it is dropped as `rejected`, with the collector's reason.
   *
   *     hw.track('add_to_cart', { sku: 'A1' })
   */
  track<Name extends keyof Events & string>(name: Name, ...props: PropsOf<Events[Name]>): void

  /**
   * Records a page view of the current address, named `page_view` unless you name it. The SDK does this automatically, in
   * single-page apps too, unless `autoPage` is false.
   *
   *     hw.page('pricing', { variant: 'b' })
   */
  page(name?: string, props?: Record<string, unknown>): void

  /**
   * Records an event that counts as a conversion and is credited to the touches that led to it. Without `revenueCents`
   * and `currency` it has no worth; with only one of them the collector rejects it.
   *
   *     hw.conversion('purchase', { id: '1001', revenueCents: 4999, currency: 'EUR' })
   */
  conversion<Name extends keyof Events & string>(name: Name, details?: Conversion<Events[Name]>): void

  /**
   * Says who the visitor is, from now on and on this device. Another id than before starts a new session. An id that
   * identifies nobody (`undefined`, `'null'`, a blank, …) is dropped as `illegal_id`. Without a secure context (https)
   * the browser cannot hash: the e-mail is then left out and counted as `email_not_hashed`.
   *
   *     hw.identify('user_42', { email: 'a@example.com' })
   */
  identify(userId: string, traits?: Traits): void

  /** Forgets who the visitor is, as on logout: what follows has a new anonymous id and a new session. */
  reset(): void

  /**
   * Says what the visitor agrees to. `pending`: events are kept in memory only, with their times, until the page knows
   * the answer. `denied`: nothing is written or sent, and everything on this device is forgotten, waiting events
   * included. `granted`: what was kept is sent. The answer is not stored: call this on each page.
   *
   *     hw.consent('granted')
   */
  consent(state: ConsentState): void

  /**
   * Everything that is stored on this device for this website; when the device stores nothing, what this page holds in
   * memory.
   *
   *     console.log(await hw.stored())
   */
  stored(): Promise<Stored>

  /** Deletes all of that, and goes on as with a new visitor. The collector's data is not touched. Rejects when storage does. */
  forget(): Promise<void>

  /**
   * Sends what waits now, instead of within `flushIntervalMs`. Resolves after the attempt and never rejects: what could
   * not be delivered is kept and tried again. A pause that the collector asked for is respected.
   *
   *     await hw.flush()
   */
  flush(): Promise<void>

  /**
   * Sends what waits, then ends the client: it records nothing more, and sends nothing more by itself. Later calls are
   * dropped as `shut_down`. What could not be delivered stays on the device for the next client. Never rejects.
   */
  shutdown(): Promise<void>

  /**
   * Goes on with another public token of the same website, and sends what waits; for rotation, or after status 401.
   * Any other token is ignored, with an `invalid_token` error.
   *
   *     hw.setToken('hw_pub_…')
   */
  setToken(token: string): void

  /**
   * Calls `listener` with each notice of that name, and returns its own undo. A listener that throws disturbs nothing
   * else; its error becomes an uncaught one.
   *
   *     const undo = hw.on('dropped', ({ reason, count }) => console.warn(count, reason))
   */
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void
}
