/** The records that the device keeps, and what goes into one transaction. */
import type { WireTouch } from '@headwater/contract'

/** An event as it is stored: its JSON is written once, and sent as it was written. */
export interface StoredEvent {
  /** Its idempotency key; later ones sort after earlier ones. */
  key: string
  json: string
}

/** A session as the device remembers it. Times are epoch ms. */
export interface VisitorSession {
  id: string
  startedAt: number
  userId?: string
  /** Absent when the session began on another subdomain, which has reported it. */
  landingUrl?: string
  referrerUrl?: string
}

/**
 * The one state record. Older and newer versions of the SDK read its shape: `v` says which one it is. The demo shop
 * (collector/src/dev/demo.html) changes `seenAt` and `session.startedAt` in it.
 */
export interface State {
  v: 2
  anonymousId: string
  userId?: string
  /** Epoch ms of the latest thing known of the visitor. */
  seenAt: number
  session?: VisitorSession
  /** How the visitor arrived, each time: see visitor/earlier-touches.ts. */
  touches?: WireTouch[]
}

/** The state and the finished events that belong in one transaction. */
export interface Settled {
  state: State
  events: StoredEvent[]
}
