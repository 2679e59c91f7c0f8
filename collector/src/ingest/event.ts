/** The types that pass through ingest: requests, events between the steps, and rejections. */

import type { TouchSource } from '@headwater/attribution/touch'
import type { EventCode, WireEvent } from '@headwater/contract'
import type { Token } from '@headwater/server/token'
import type { Customer, IdentityRef } from '../identity/resolve.ts'
import type { EventConversion } from '../rules/conversion-of.ts'

/** What is known of a request before its body is read. Times are epoch ms. */
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
  /** Counts by reason of the events that the sender dropped since its last batch; null: none. */
  dropped: Record<string, number> | null
}

/** What is wrong with an event. */
export interface Fault {
  code: EventCode
  /** The field, as in `session.utm.source`; undefined when no single one is at fault. */
  path?: string
  message: string
}

/** A page as stored in `landing_pages`. */
export interface Page {
  path: string
  /** SHA-256 of the stripped, sorted query, hex; '' without one. */
  queryHash: string
  url: string
}

/** The origin of a session or a touch, as stored in the dimension tables. */
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
  /** Only of the continuation of a stored session. */
  originIds?: OriginIds
  /** Assigned by the collector: no client reported it. */
  isAssigned?: boolean
  /** A later part of a session, whose landing touch belongs to the first part. */
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

/** The position of an event in its client's stream. */
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
  /** Website and key: equal for copies of one event. */
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
  /** Undefined: its client does not number events. */
  position?: StreamPosition
  /** The session that its client reports. */
  session?: EventSession
  /** The session that it opens if its client reports none and its visitor has none in progress. */
  arrival?: EventSession
  /** Of its session, or of the one that it may open. */
  touches: readonly EventTouch[]
  earlierTouches: readonly EarlierTouch[]
  /** Null: it is no conversion. */
  conversion: EventConversion | null
}

/** A new event with its customer. */
export interface OwnedEvent {
  event: IngestEvent
  /** Its row in `events`. */
  id: string
  customer: Customer
  /** The owner of its session: its cookie, else its user id. Undefined: it has neither. */
  visitor: IdentityRef | undefined
}

/** An event that is not stored, kept in `rejected_events`. */
export interface RejectedEvent {
  request: IngestRequest
  index: number
  /** UUID; undefined: no readable key. */
  key?: string
  /** As in `IngestEvent`; undefined without a key. */
  copyName?: string
  /** The key as received. */
  idempotencyKey?: string
  fault: Fault
  /** The event as JSON, possibly cut. */
  payload: string
  position?: StreamPosition
  identityHashes: string[]
}

export type Judged = IngestEvent | RejectedEvent

export const isRejected = (event: Judged): event is RejectedEvent => 'fault' in event
