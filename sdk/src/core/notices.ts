/** Everything a client says through `on`: the notices with their stable codes, and how they reach their listeners. */
import type { Clock } from './ports.ts'

/** Why an event, or a part of one, was lost. */
export type DropReason =
  | 'queue_full' // more events wait on this device than it keeps
  | 'rejected' // the collector refused this one event; code and message say why
  | 'refused' // the collector refused the request, down to this single event: it is too large, for example
  | 'illegal_id' // identify() was given an id that is no id
  | 'invalid_event' // it could not be written as JSON
  | 'email_not_hashed' // this page has no secure context: the event went without its e-mail hash
  | 'shut_down' // it came after shutdown()

/** What went wrong. */
export type ErrorCode =
  | 'storage_failed' // events are kept in memory only
  | 'collector_refused' // sending pauses: with status 401 until setToken() or a reload, else for five minutes
  | 'invalid_token' // setToken() was given no token of this website
  | 'illegal_id'
  | 'invalid_event'

/** The notices by name, as `on` hands them to a listener. */
export interface Notices {
  /** The collector has stored a batch; the counts are its own. */
  delivered: { accepted: number; duplicate: number; rejected: number }
  /** `count` events were lost; `code` and `message` are the collector's, where it said so. */
  dropped: { reason: DropReason; count: number; code?: string; message?: string }
  /** Something that a person should mend. `cause` is what was thrown, or the collector's answer: `{ status, body }`. */
  error: { code: ErrorCode; message: string; cause?: unknown }
}

export type Emit = <Name extends keyof Notices>(name: Name, notice: Notices[Name]) => void

/** Brings notices to their listeners. One that throws disturbs neither the client nor the others: its error surfaces by itself. */
export function createEmitter(clock: Clock) {
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

  function on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void {
    const subscription = { name, listener }
    subscriptions.add(subscription)
    return () => void subscriptions.delete(subscription)
  }

  return { emit, on }
}
