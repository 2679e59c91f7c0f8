/** Lists every code that a receipt or a problem document can have, with its status, title and meaning. Codes are stable. */

/** Why one event was rejected; the message with it says what to do. */
export type EventCode =
  | 'invalid_event' // not an object
  | 'field_required'
  | 'invalid_field' // wrong type or format
  | 'field_too_long'
  | 'too_many_identities'
  | 'identity_required' // neither anonymous_id, user_id nor identities
  | 'illegal_id' // "null", "undefined", "{{client_id}}", …: a placeholder instead of an id
  | 'props_too_large'
  | 'too_deep'
  | 'number_not_finite'
  | 'currency_required'
  | 'revenue_required'
  | 'in_future'
  | 'too_old'
  | 'unstorable' // the database refused this event, and only this one

/** Why a whole request failed. */
export type ProblemCode = keyof typeof problems

/** Status and title of each problem; the code that finds the fault writes the `detail`. */
export const problems = {
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_batch: { status: 400, title: 'The body is not a batch' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  unsupported_version: { status: 400, title: 'This version of the wire format is not supported' },
  invalid_token: { status: 401, title: 'The token is missing or unknown' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_revoked: { status: 401, title: 'The token was revoked' },
  scope_missing: { status: 403, title: 'The token lacks the scope' },
  ip_not_allowed: { status: 403, title: 'The token does not allow this address' },
  origin_not_allowed: { status: 403, title: 'The token does not allow this origin' },
  website_inactive: { status: 403, title: 'The website is not active' },
  secret_token_exposed: { status: 403, title: 'A secret token was used in a browser' },
  not_found: { status: 404, title: 'There is nothing here' },
  timeout: { status: 408, title: 'The body did not arrive in time' },
  too_large: { status: 413, title: 'The request is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unsupported_media_type: { status: 415, title: 'The body has an unsupported type or encoding' },
  internal: { status: 500, title: 'The collector failed' },
  unavailable: { status: 503, title: 'The collector cannot store events right now' },
} as const
