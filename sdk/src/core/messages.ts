/** The text of every error: what was attempted, what was found, what to do. The script tag uses messages-by-link.ts instead. */
import { limits } from '@headwater/contract'
import type { ErrorCode } from './codes.ts'
import { readable } from './readable.ts'

/** What each option must be, and what to do when it is not. sdk/ERRORS.md repeats it. */
export const optionRules = {
  token: ['a public token, hw_pub_…', 'Make one with `headwater token create`.'],
  endpoint: [
    'an absolute http(s) URL without a query',
    'Pass the address of your collector, for example https://t.example.com.',
  ],
  flushIntervalMs: ['a whole number from 1 to 3600000', 'Leave it out for 5000.'],
  batchSize: [`a whole number from 1 to ${limits.eventsPerBatch}`, 'Leave it out for 100.'],
  consent: ["'granted', 'denied' or 'pending'", "Leave it out for 'granted'."],
  persistence: ["'cookie', 'local' or 'memory'", "Leave it out for 'cookie'."],
  ignoredReferrers: ['a list of hosts', "Pass an array, as in ['pay.example.com']."],
  sensitiveKeys: ['a list of query keys', "Pass an array, as in ['voucher']."],
} as const

export type CheckedOption = keyof typeof optionRules

/** sdk/ERRORS.md repeats them, for readers who see only a code. */
export const messages: Record<ErrorCode | 'no_page', (found: string) => string> = {
  no_page: () =>
    'createClient: must run in a browser, found no window. Call it in code that runs on the page only, not on the server.',
  illegal_id: (found) =>
    `identify: needs the id of a person, a text of at most ${limits.userId} characters or a whole number up to 2^53, got ${found}. Call it when someone has signed in, and pass larger numbers as text.`,
  invalid_event: (found) =>
    `Recording an event: failed with ${found}. The event was dropped; pass plain values.`,
  invalid_value: (found) =>
    `Recording an event: properties must be JSON of at most 32 KB and ${limits.depth} levels, left out ${found}. The rest is kept; pass plain values.`,
  invalid_consent: (found) =>
    `consent: must be 'granted', 'denied' or 'pending', got ${found}. Nothing has changed.`,
  before_send_failed: (found) =>
    `Recording an event: your \`beforeSend\` hook threw ${found}. The event was dropped; fix the hook.`,
  invalid_token: (found) =>
    `setToken: must be a public token of the same website, got ${found}. Make one with \`headwater token create\`; another website needs another client.`,
  storage_failed: (found) =>
    `Keeping events on the device: storage failed with ${found}. Events now last only as long as this page. Allow this site to store data, and check that the disk has room.`,
  forget_failed: (found) =>
    `Forgetting the visitor: storage failed with ${found}. Some events may still be on the device; they are not sent. Delete this site's data in the browser.`,
  collector_refused: (found) =>
    `Sending events: the collector answered ${found}. Events are kept on the device; fix what the answer names.`,
  delivery_failed: (found) =>
    `Sending events: failed without an answer, with ${found}. Events are kept and sent again; please report this, it should not happen.`,
}

/** The message for this code; `found` is what was there instead of what was needed. */
export function messageOf(code: ErrorCode | 'no_page', found?: unknown): string {
  return messages[code](shown(found))
}

/**
 * An option that cannot work, or no page to run on. The message says what the option must be, what was found, and what
 * to do.
 */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** The error for an option that cannot work. */
export function configError(option: CheckedOption, found: unknown): ConfigError {
  const [rule, fix] = optionRules[option]
  return new ConfigError(`createClient: \`${option}\` must be ${rule}, got ${shown(found)}. ${fix}`)
}

// Of a secret token, only the part that is not secret.
function shown(found: unknown): string {
  return readable(found).replace(/(hw_(?!pub)\w{3}_.{8}_)[^']+/, '$1…')
}
