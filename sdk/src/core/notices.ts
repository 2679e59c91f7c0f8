/** Everything a client says through `on`: the notices with their stable codes, and how they reach their listeners. */
import type { WireEvent } from '@headwater/contract'
import { textOf } from './messages.ts'
import type { Answer, Clock, StoredEvent } from './ports.ts'

// The lists stand in the comments of the types, because editors show nothing for a member of a union.

/**
 * Why an event, or a part of one, was lost:
 *
 * - `queue_full`: more waited on this device than it keeps (10 MB), and the oldest gave way; or more calls than a page holds
 *   (10,000) waited for consent or for the storage, and the newest found no room
 * - `rejected`: the collector refused this one event; `code` and `message` say why
 * - `refused`: the collector refused the request, down to this single event: it is too large, for example
 * - `illegal_id`: `identify` was given an id that is no id
 * - `invalid_event`: it could not be written as JSON, or not be kept at all
 * - `email_not_hashed`: this page has no secure context (https): the event went without its e-mail hash
 * - `before`: your `before` hook said no
 * - `before_failed`: your `before` hook threw
 * - `consent_denied`: the visitor does not agree; the collector is not told of these
 * - `shut_down`: it came after `shutdown`
 */
export type DropReason =
  | 'queue_full'
  | 'rejected'
  | 'refused'
  | 'illegal_id'
  | 'invalid_event'
  | 'email_not_hashed'
  | 'before'
  | 'before_failed'
  | 'consent_denied'
  | 'shut_down'

/**
 * What went wrong:
 *
 * - `storage_failed`: the device keeps nothing; from now on events last as long as the page
 * - `collector_refused`: sending pauses: with status 401 until `setToken` or a reload, else for five minutes
 * - `delivery_failed`: sending failed in a way that should not happen; it is tried again
 * - `invalid_token`: `setToken` was given no public token of this website, and changed nothing
 * - `illegal_id`: `identify` was given an id that is no id, and the call was dropped
 * - `invalid_event`: an event could not be written as JSON, and was dropped
 * - `before_failed`: your `before` hook threw, and the event was dropped
 * - `invalid_consent`: `consent` was given no state that it knows, and changed nothing
 */
export type ErrorCode =
  | 'storage_failed'
  | 'collector_refused'
  | 'delivery_failed'
  | 'invalid_token'
  | 'illegal_id'
  | 'invalid_event'
  | 'before_failed'
  | 'invalid_consent'

/** The notices by name, as `on` hands them to a listener. */
export interface Notices {
  /** The collector has stored a batch; the counts are its own. */
  delivered: { accepted: number; duplicate: number; rejected: number }
  /** `count` events were lost; `code` is the collector's, where it said one, and `message` says more. */
  dropped: { reason: DropReason; count: number; code?: string; message?: string }
  /**
   * Something that a person should mend. `message` says what was attempted, what was found and what to do; in the script
   * tag it says where to read that. `cause` is what was thrown, or the collector's answer: `{ status, body }`.
   */
  error: { code: ErrorCode; message: string; cause?: unknown }
  /** A call was taken: its event, without who and in which visit, which is added when it is written. */
  recorded: { event: WireEvent }
  /** A request has come to its end, whatever that was: `bytes` went over the wire; `leaving` when the page might be going. */
  answered: { events: StoredEvent[]; bytes: number; leaving: boolean; answer: Answer }
}

export interface Emitter {
  emit: Emit
  complain: Complain
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void
}

export type Emit = <Name extends keyof Notices>(name: Name, notice: Notices[Name]) => void

/** Says an error, with its text. */
export type Complain = (code: ErrorCode, found: unknown, cause?: unknown) => void

/** Brings notices to their listeners. One that throws disturbs neither the client nor the others: its error surfaces by itself. */
export function createEmitter(clock: Clock): Emitter {
  const subscriptions = new Set<{ name: keyof Notices; listener: (notice: never) => void }>()
  const emit: Emit = (name, notice) => {
    for (const subscription of subscriptions) {
      if (subscription.name !== name) continue
      try {
        subscription.listener(notice as never) // `on` has paired name and listener
      } catch (error) {
        clock.after(0, () => {
          throw error
        })
      }
    }
  }

  return {
    emit,
    complain: (code, found, cause) => emit('error', { code, message: textOf(code, found), cause }),
    on(name, listener) {
      const subscription = { name, listener }
      subscriptions.add(subscription)
      return () => void subscriptions.delete(subscription)
    },
  }
}
