/** What passes through ingest: a request, its events as they grow from step to step, and what became of them. */

import type { TouchSource } from '@headwater/attribution/touch'
import type { EventCode, WireEvent } from '@headwater/contract'
import type { Token } from '@headwater/server/token'
import type { IdentityRef } from '../identity/resolve.ts'

/** How a request came, as far as it is known before its body is read. Times are epoch ms. */
export interface Caller {
  id: string
  token: Token
  receivedAt: number
  /** Shortened to /24 or /48. */
  ip: string | null
  userAgent: string | null
  isBot: boolean
}

/** A request whose batch was read. */
export interface IngestRequest extends Caller {
  /** The sender's clock at this attempt; undefined: not told. */
  sentAt: number | undefined
  /** Null: no SDK. */
  sdkVersion: string | null
  /** What the sender had to drop since its last batch, by reason; null: nothing. */
  dropped: Record<string, number> | null
}

/** What is wrong with an event. */
export interface Fault {
  code: EventCode
  /** The field, as in `session.utm.source`; undefined when no single one is at fault. */
  path?: string
  message: string
}

/** A page in the terms of `landing_pages`. */
export interface Page {
  path: string
  /** SHA-256 of the stripped, sorted query, hex; '' without one. */
  queryHash: string
  url: string
}

/** Where a session or a touch came from, in the terms of the dimension tables. */
export interface Origin {
  source: TouchSource
  page?: Page
}

export interface EventSession {
  /** UUID; the client's id where it is one, else a hash of it. */
  clientId: string
  startedAt: number
  landingUrl: string | null
  referrerUrl: string | null
  origin: Origin
  /** The next day of a visit, whose landing has left its touch the day before. */
  isContinuation?: boolean
}

export interface EventTouch {
  /** UUID: the hash of the touch's natural key. */
  key: string
  type: string
  at: number
  origin: Origin
}

/** An earlier arrival that an event carries: the touch of a visit of its own. */
export interface JournalTouch extends EventTouch {
  visit: EventSession
}

/** Where an event stands among those of its client. */
export interface StreamPosition {
  /** UUID; the client's id where it is one, else a hash of it. */
  stream: string
  seq: number
}

/** An event that may be stored. */
export interface IngestEvent {
  request: IngestRequest
  index: number
  wire: WireEvent
  /** UUID; the client's key where it is one, else a hash of it. */
  key: string
  occurredAt: number
  /** JSON; null: none. */
  props: string | null
  url: string | null
  cookie?: IdentityRef
  user?: IdentityRef
  /** E-mail hashes and the website's own kinds. */
  others: IdentityRef[]
  emailHash?: string
  /** Undefined: its client numbers no events. */
  position?: StreamPosition
  /** The visit that its client told. */
  session?: EventSession
  /** The visit that it opens when its client told none and its visitor has none going on. */
  arrival?: EventSession
  /** Of its visit, or of the one that it may open. */
  touches: EventTouch[]
  journal: JournalTouch[]
}

/** An event that is not stored, kept in `rejected_events`. */
export interface RejectedEvent {
  request: IngestRequest
  index: number
  /** UUID; undefined: it had no key that could be read. */
  key?: string
  /** The key as it came. */
  idempotencyKey?: string
  fault: Fault
  /** The event as JSON, perhaps cut. */
  payload: string
  position?: StreamPosition
  identityHashes: string[]
}

export type Judged = IngestEvent | RejectedEvent

export const isRejected = (event: Judged): event is RejectedEvent => 'fault' in event
