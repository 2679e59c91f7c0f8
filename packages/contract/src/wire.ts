/** Describes the wire format of `POST /v1/batch`: what an SDK or a server sends. A field that is null counts as absent. */

/** Any JSON value, as `props` may hold it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** The kinds of event. A `touch` reports a marketing contact; its name is its type (`ad_click`, `email_open`, …). */
export type EventType = 'page' | 'screen' | 'track' | 'identify' | 'touch'

/**
 * The campaign parameters, named as in the address without `utm_`; absent ones are left out. Each is unescaped, trimmed and
 * cut at 256 characters; one that holds an e-mail address is left out. The first five distinguish touches, the last
 * four describe them.
 */
export interface Utm {
  source?: string
  medium?: string
  campaign?: string
  term?: string
  content?: string
  id?: string
  source_platform?: string
  creative_format?: string
  marketing_tactic?: string
}

/** Another identifier of the same person. `email_hash` is the SHA-256, in lower-case hex, of the trimmed, lower-cased address. */
export interface WireIdentity {
  /**
   * `email_hash`, `ga_cid`, or a name of your own: 1–64 characters of a–z, 0–9 and `_`. `cookie` and `user_id` have fields
   * of their own.
   */
  type: string
  /** 1–256 characters, or a number up to 2^53. */
  value: string
}

/** The session that an event belongs to, as the SDK sees it. */
export interface WireSession {
  /** The SDK's id of the session, 1–128 characters; unique for one `anonymous_id`. */
  id: string
  /** ISO 8601, UTC. An event more than 24 hours later belongs to another session. */
  started_at: string
  /** The page on which the session began. The collector reads the campaign and the click ids of this address. */
  landing_url?: string
  /** Where the visitor came from; absent when unknown. */
  referrer_url?: string
  /** For clients that know the campaign otherwise. With `utm` or `click_ids`, nothing is read from the address. */
  utm?: Utm
  /** Click ids by parameter name, for example `{ "gclid": "…" }`; values over 512 characters are left out. */
  click_ids?: Record<string, string>
}

/**
 * An earlier touch, which the device remembers: it shares in the conversion even if its own events were lost, or happened
 * before consent. Fields are cut and left out like those of a session.
 */
export interface WireTouch {
  /** The session that it opened, by its id on this device. */
  session_id: string
  /** ISO 8601. May be older than an event may be. */
  occurred_at: string
  /** The landing page, with the campaign and the click ids that led to it. */
  url?: string
  referrer_url?: string
  /** As in a session: with `utm` or `click_ids`, nothing is read from the address. */
  utm?: Utm
  click_ids?: Record<string, string>
}

/** One event. */
export interface WireEvent {
  /**
   * Makes a retry harmless: a website stores one event per key, permanently. 1–128 printable characters; a UUID v7 from our
   * SDKs.
   */
  idempotency_key: string
  type: EventType
  /** 1–200 characters. Required, except for `identify`. */
  name?: string
  /** ISO 8601. When it happened, by the sender's clock. */
  occurred_at: string
  /** One client instance (a page load, an app start). */
  stream?: string
  /** Counts from 1 within the stream, so that gaps show losses. */
  seq?: number
  /** The browser's or device's own id. Required, unless the event has a `user_id` or an identity. */
  anonymous_id?: string
  /** Your id of the signed-in person: 1–256 characters, or a number up to 2^53. */
  user_id?: string
  /** At most 10. */
  identities?: WireIdentity[]
  /** Absent from a client without sessions: the collector then assigns one to an event with an `anonymous_id`. */
  session?: WireSession
  url?: string
  /** Where the visitor came from to `url`; read only from an event without a session, which may open one. */
  referrer_url?: string
  title?: string
  /** At most 32 KB of JSON, 10 levels deep. */
  props?: { [key: string]: Json }
  /** Minor units of ISO 4217 (cents; JPY has none). Together with `currency`, or not at all. Negative is a refund. */
  revenue_cents?: number
  /** A code of ISO 4217, in any case; stored in capitals. */
  currency?: string
  /** True makes the event a conversion. */
  conversion?: boolean
  /** The order number: conversions of one name with one id count once. 1–128 characters, or a number up to 2^53. */
  conversion_id?: string
  /**
   * The first-party cookies of ad platforms (`_fbc`, `_gcl_aw`, `li_fat_id`), by name: at most 20, names up to 64 and values
   * up to 512 characters; others are left out. Stored with the event, but no click id of the session: such a cookie
   * outlives its click by months.
   */
  ad_cookies?: Record<string, string>
  /**
   * Earlier touches of this `anonymous_id`, at most 20; read from an `identify` and from a conversion. One that is not valid
   * or lies in the future is left out, and so are those over the limit. Known ones change nothing.
   */
  touches?: WireTouch[]
  /** Version of your own event schema; default 1. */
  schema_version?: number
}

/** The device, sent once for all events of a batch. */
export interface WireContext {
  locale?: string
  timezone?: string
  screen?: { width: number; height: number }
}

/** The body of `POST /v1/batch`. */
export interface Batch {
  v: 1
  /**
   * The sender's clock at the moment of this attempt; when it is over 5 s off, all times of the batch are corrected by the
   * difference.
   */
  sent_at?: string
  sdk?: { name: string; version: string }
  context?: WireContext
  /** Events lost since the last delivered batch, by reason. */
  dropped?: Record<string, number>
  /** At most 500. Each is judged on its own: see `EventResult`. */
  events: unknown[]
}
