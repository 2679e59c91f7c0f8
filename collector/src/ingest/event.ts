/** What passes through ingest: a request, its events as they grow from step to step, and what became of them. */

import type { TouchSource } from '@headwater/attribution/touch'
import type { EventCode, WireEvent } from '@headwater/contract'
import type { Token } from '@headwater/server/token'
import type { Customer, IdentityRef } from '../identity/resolve.ts'

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
  /** The sender's clock at this attempt; undefined: not reported. */
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

/** The seven references to the dimension tables; null: none. */
export interface OriginIds {
  source: string | null
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  referrerDomain: string | null
  landingPage: string | null
}

export type OriginIdsOf = (origin: Origin) => OriginIds

/** A session as a client reports it, or as an event opens it. */
export interface EventSession {
  /** UUID; the client's id where it is one, else a hash of it. */
  clientId: string
  startedAt: number
  /** Null: unknown. A session may be reported before its landing page is. */
  landingUrl: string | null
  referrerUrl: string | null
  origin: Origin
  /** Of a continuation of a stored session, whose ids are known. */
  originIds?: OriginIds
  /** Named by the collector: no client reported it. */
  isAssigned?: boolean
  /** The next day of a session, whose landing has left its touch the day before. */
  isContinuation?: boolean
}

export interface EventTouch {
  /** UUID: the hash of the touch's natural key. */
  key: string
  type: string
  at: number
  origin: Origin
}

/** An earlier touch that an event carries, with the session that it opened. */
export interface EarlierTouch extends EventTouch {
  session: EventSession
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
  /** Website and key: the same for two events exactly when one is a copy of the other. */
  copyName: string
  occurredAt: number
  /** JSON; null: none. */
  props: string | null
  url: string | null
  cookie?: IdentityRef
  user?: IdentityRef
  /** E-mail hashes and the website's own kinds. */
  others: readonly IdentityRef[]
  emailHash?: string
  /** Undefined: its client numbers no events. */
  position?: StreamPosition
  /** The session that its client reports. */
  session?: EventSession
  /** The session that it opens when its client reports none and its visitor has none in progress. */
  arrival?: EventSession
  /** Of its session, or of the one that it may open. */
  touches: readonly EventTouch[]
  earlierTouches: readonly EarlierTouch[]
}

/** A new event with its customer. */
export interface OwnedEvent {
  event: IngestEvent
  /** Its row in `events`. */
  id: string
  customer: Customer
  /** Whose its session is: its cookie, else its user id. Undefined: it has neither. */
  visitor: IdentityRef | undefined
}

/** An event that is not stored, kept in `rejected_events`. */
export interface RejectedEvent {
  request: IngestRequest
  index: number
  /** UUID; undefined: it had no key that could be read. */
  key?: string
  /** As that of an `IngestEvent`; undefined without a key. */
  copyName?: string
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
