/** The public API of a server's client. */
import type { EventMap, Traits } from '../core/api.ts'
import type { Notices } from '../core/notices.ts'

/** Whose event it is: at least `userId` or `anonymousId`. `fromRequest` reads the other three from a browser's request. */
export interface Visitor {
  /** Your id of the signed-in person. */
  userId?: string | number | bigint
  /** The browser's id: `hw.anonymousId()` on the page. */
  anonymousId?: string
  /**
   * The browser's session: `hw.sessionId()` on the page. Needs `anonymousId`. Without it the collector assigns the event of
   * an `anonymousId` to the visitor's session at that time.
   */
  sessionId?: string
  /** When that session began, epoch ms. May be left out for sessions of our SDKs, whose ids hold the time. */
  sessionStartedAt?: number
}

/** When and where it happened, and how it is recognised when it is reported again. */
export interface Occurrence {
  /**
   * The collector stores one event per key, permanently, so a job that runs twice may report the same thing twice. 1–128
   * printable characters. Default: a new UUID v7 for each call, which is also used for every retry.
   */
  idempotencyKey?: string
  /** A Date, or epoch ms. Default: now. */
  occurredAt?: Date | number
  /** The address of the page, the e-mail link or the endpoint where it happened. Secrets in its query are removed. */
  url?: string
}

/** What a call says about its event. */
export type Details<Props = Record<string, unknown>> = Visitor & Occurrence & { props?: Props }

/** What a conversion says: see `ServerClient.conversion`. */
export type ConversionDetails<Props = Record<string, unknown>> = Details<Props> & {
  /** The order number. Conversions with the same name and id count once, wherever they are reported from. */
  id?: string | number
  /** The value in minor units of `currency`: cents, but whole yen. Needs `currency`. */
  revenueCents?: number
  /** ISO 4217, as in `'EUR'`, in any case. Needs `revenueCents`. */
  currency?: string
}

/** What a refund says: see `ServerClient.refund`. */
export type RefundDetails<Props = Record<string, unknown>> = Details<Props> & {
  /** The `id` of the conversion. */
  id: string | number
  /** How much is given back, in minor units; the sign does not matter. */
  revenueCents: number
  /** The currency of the conversion. */
  currency: string
}

/** How long `shutdown` may take. */
export interface ShutdownOptions {
  /** In ms. Default 5 000. */
  timeoutMs?: number
}

/**
 * Records events of many visitors and delivers them to the collector. Verbs return at once and never throw. What cannot be
 * recorded or kept is counted, passed to `on('dropped')`, and reported with the next batch.
 *
 * With a map of your events, names and properties are checked:
 *
 *     const hw = createClient<{ purchase: { items: number } }>({ token, endpoint })
 *     hw.conversion('purchase', { userId: 'user_42', props: { items: 2 } })
 */
export interface ServerClient<Events extends object = EventMap> {
  /**
   * Records that something happened. The event is sent within `flushIntervalMs` (default 1 000 ms). With a `spool` it is in
   * a file before the call returns, and survives a killed process. Properties are copied as JSON; a part without JSON, or
   * beyond 32 KB, is left out and counted as `invalid_value`. An event without any visitor is dropped as `illegal_id`.
   *
   *     hw.track('order_packed', { userId: 'user_42', props: { parcel: 2 } })
   */
  track<Name extends keyof Events & string>(name: Name, details: Details<Events[Name]>): void

  /**
   * Records an event that counts as a conversion and is credited to the touches that led to it.
   *
   *     hw.conversion('purchase', { ...fromRequest(req), id: '1001', revenueCents: 4999, currency: 'EUR' })
   */
  conversion<Name extends keyof Events & string>(name: Name, details: ConversionDetails<Events[Name]>): void

  /**
   * Records that a conversion, or a part of it, was given back: its touches lose what they had earned. Name, id and currency
   * are those of the conversion. Two refunds of one order are two refunds; give each an `idempotencyKey`, such as the
   * payment provider's id of the refund, when a job may report it twice. Without an amount it is dropped as `invalid_event`.
   *
   *     hw.refund('purchase', { userId: 'user_42', id: '1001', revenueCents: 4999, currency: 'EUR', idempotencyKey: 're_7' })
   */
  refund<Name extends keyof Events & string>(name: Name, details: RefundDetails<Events[Name]>): void

  /**
   * Says that these ids are one person: a `userId` with an `anonymousId`, or with an e-mail address, which is hashed here
   * and sent only as its hash. Without a valid `userId` it is dropped as `illegal_id`.
   *
   *     hw.identify({ ...fromRequest(req), userId: 'user_42', email: 'anna@example.com' })
   */
  identify(details: Visitor & Occurrence & Traits): void

  /**
   * Records a marketing contact outside of a page, such as `email_open` or `ad_click`; it can earn credit. The collector reads
   * campaign parameters and click ids from `url`, and the site it came from is `referrer`.
   *
   *     hw.touch('email_click', { userId: 'user_42', url: 'https://shop.example/?utm_source=newsletter&utm_medium=email' })
   */
  touch(type: string, details: Details & { referrer?: string }): void

  /**
   * Sends waiting events now. Resolves after the attempt and never rejects: what could not be delivered is kept and sent
   * again later. A pause that the collector asked for is respected. On serverless platforms pass it to `waitUntil`.
   */
  flush(): Promise<void>

  /**
   * Ends the client: sends what waits, again if need be, for `timeoutMs` at most. Later calls are dropped as `shut_down`. So
   * is what memory still holds at the end; with a `spool` it stays on disk for the next process. Never rejects.
   *
   *     process.once('SIGTERM', async () => { server.close(); await hw.shutdown(); process.exit() })
   */
  shutdown(options?: ShutdownOptions): Promise<void>

  /** Continues with another secret token of the same website; any other is ignored, with an `invalid_token` error. */
  setToken(token: string): void

  /**
   * Calls `listener` with each notice of that name, and returns a function that ends this. Without a listener for `error`,
   * errors are logged with `console.warn`. What a listener throws becomes an uncaught exception.
   */
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void
}
