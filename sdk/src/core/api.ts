/** The public API of a client, the same on every platform. */
import type { Notices } from './notices.ts'
import type { ConsentState } from './options.ts'

/** The events of a site: each name with its properties. */
export type EventMap = Record<string, Record<string, unknown>>

// Properties may be left out when none of them is required.
type PropsOf<Props> = Partial<Props> extends Props ? [props?: Props] : [props: Props]

/** What a conversion may say about itself; everything is optional. */
export interface Conversion<Props = Record<string, unknown>> {
  /**
   * The order number; a number is sent as its text. Conversions with the same name and id count once, wherever they are
   * reported from.
   */
  id?: string | number
  /** The value in minor units of `currency`: cents, but whole yen. Negative is a refund. Needs `currency`. */
  revenueCents?: number
  /** ISO 4217, as in `'EUR'`, in any case. Needs `revenueCents`. */
  currency?: string
  /** Any other JSON, at most 32 KB. */
  props?: Props
}

/** What is known about a person in addition to the id. */
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
   * A property without JSON (a function, an object that contains itself, a getter that throws) is left out and counted as
   * `invalid_value`, and so is what exceeds 32 KB or 10 levels; the event is recorded without it. A BigInt becomes the
   * text of its digits. Beyond 10 MB on the device the oldest events are dropped as `queue_full`; so is every call while
   * 10,000 calls wait for consent. The collector rejects an event whose name is not 1–200 characters long: it is dropped
   * as `rejected`, with the collector's reason.
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
   * and `currency` it has no value; with only one of them the collector rejects it.
   *
   *     hw.conversion('purchase', { id: '1001', revenueCents: 4999, currency: 'EUR' })
   */
  conversion<Name extends keyof Events & string>(name: Name, details?: Conversion<Events[Name]>): void

  /**
   * Says who the visitor is, from now on and on this device. A different id starts a new session. Repeated calls with the
   * same id and e-mail record one event per page, so it may be called on every render.
   *
   * An id that identifies no one (`undefined`, `'null'`, a blank, …) is dropped as `illegal_id`. So is a number that is not
   * whole or is above 2^53, because it was rounded: pass it as text. Without a secure context (https) the browser cannot
   * hash: the e-mail is then left out and counted as `email_not_hashed`.
   *
   *     hw.identify('user_42', { email: 'a@example.com' })
   */
  identify(userId: string | number | bigint, traits?: Traits): void

  /** Forgets who the visitor is, as on logout: later events have a new anonymous id and a new session. */
  reset(): void

  /**
   * Says what the visitor agrees to. `pending`: events are kept in memory only, with their times, until the page knows
   * the answer. `denied`: nothing is written or sent, and everything on this device is forgotten, including events that
   * wait. `granted`: what was kept is sent. The answer is not stored: call this on each page.
   *
   *     hw.consent('granted')
   */
  consent(state: ConsentState): void

  /**
   * The id of this browser, as it is in events, for a server that reports a purchase of this visitor as `anonymous_id`.
   * Undefined while consent is pending or denied. On a new device it is also undefined until the first event is in storage,
   * which takes some milliseconds; `await hw.flush()` waits for that.
   *
   *     form.elements.visitor.value = hw.anonymousId() ?? ''
   */
  anonymousId(): string | undefined

  /**
   * The id of the current session, as it is in events. Undefined in the same cases, and on every page until its first event
   * is in storage. It is also undefined when nothing was recorded for 30 minutes: the next event starts a new session.
   */
  sessionId(): string | undefined

  /**
   * Everything that is stored on this device for this website; when the device stores nothing, what this page holds in
   * memory.
   *
   *     console.log(await hw.stored())
   */
  stored(): Promise<Stored>

  /**
   * Deletes everything that is stored on this device for this website, and continues with a new visitor. The collector's
   * data stays. Rejects when storage fails.
   */
  forget(): Promise<void>

  /**
   * Sends waiting events now instead of within `flushIntervalMs`. Resolves after the attempt and never rejects: events that
   * could not be delivered are kept and sent again later. A pause that the collector asked for is respected.
   *
   *     await hw.flush()
   */
  flush(): Promise<void>

  /**
   * Sends waiting events, then ends the client: it records nothing more, and sends only when `flush` is called. Later calls
   * are dropped as `shut_down`. Events that could not be delivered stay on the device for the next client. Never rejects.
   */
  shutdown(): Promise<void>

  /**
   * Continues with another public token of the same website, and sends waiting events; for rotation, or after status 401.
   * Any other token is ignored, with an `invalid_token` error.
   *
   *     hw.setToken('hw_pub_…')
   */
  setToken(token: string): void

  /**
   * Calls `listener` with each notice of that name, and returns a function that ends this. When a listener throws, its
   * error becomes an uncaught one, and nothing else changes.
   *
   *     const undo = hw.on('dropped', ({ reason, count }) => console.warn(count, reason))
   */
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void
}
