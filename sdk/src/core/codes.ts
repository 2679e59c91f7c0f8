/** The stable codes of everything that can go wrong. Their texts are in messages.ts and sdk/ERRORS.md. */

// The meanings are in the comments of the types, because editors show nothing for one member of a union.

/**
 * Why an event, or a part of one, was lost:
 *
 * - `queue_full`: more waited on this device than it keeps (10 MB), and the oldest were dropped; or more than 10,000 calls
 *   waited for consent or for storage, and the newest were dropped
 * - `rejected`: the collector refused this one event; `code` and `message` say why
 * - `refused`: the collector refused the request, down to this single event; it is too large, for example
 * - `illegal_id`: `identify` was called with something that identifies no one
 * - `invalid_event`: the event could not be recorded, or not be kept at all
 * - `invalid_value`: a part of its properties was left out: no JSON can hold it, or it was too large or nested too deep
 * - `email_not_hashed`: the page has no secure context (https), so the event went without its e-mail hash
 * - `before_send`: your `beforeSend` hook dropped it
 * - `before_send_failed`: your `beforeSend` hook threw
 * - `consent_denied`: the visitor does not agree; these losses are not reported to the collector
 * - `shut_down`: it was recorded after `shutdown`; on a server also what memory still held when that had to end
 */
export type DropReason =
  | 'queue_full'
  | 'rejected'
  | 'refused'
  | 'illegal_id'
  | 'invalid_event'
  | 'invalid_value'
  | 'email_not_hashed'
  | 'before_send'
  | 'before_send_failed'
  | 'consent_denied'
  | 'shut_down'

/**
 * What went wrong. The same message is reported once on each page:
 *
 * - `storage_failed`: the device keeps nothing; from now on events last as long as the page
 * - `forget_failed`: storage could not be emptied after `forget` or a refusal
 * - `collector_refused`: sending pauses: after status 401 until `setToken` or a reload, otherwise for five minutes
 * - `delivery_failed`: sending failed in an unexpected way; it is tried again
 * - `invalid_token`: `setToken` was called without a public token of this website, and changed nothing
 * - `illegal_id`: `identify` was called with something that identifies no one, and was ignored
 * - `invalid_event`: an event could not be recorded, and was dropped
 * - `invalid_value`: a part of an event's properties was left out; reported once for each place
 * - `before_send_failed`: your `beforeSend` hook threw, and the event was dropped
 * - `invalid_consent`: `consent` was called with an unknown state, and changed nothing
 */
export type ErrorCode =
  | 'storage_failed'
  | 'forget_failed'
  | 'collector_refused'
  | 'delivery_failed'
  | 'invalid_token'
  | 'illegal_id'
  | 'invalid_event'
  | 'invalid_value'
  | 'before_send_failed'
  | 'invalid_consent'
