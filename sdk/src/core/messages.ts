/** The text of every error: what was attempted, what was found, what to do. The script tag has messages-by-link.ts instead. */
import { limits } from '@headwater/contract'
import type { ConfigCode, ErrorCode } from './codes.ts'
import { readable } from './readable.ts'

/** sdk/ERRORS.md repeats them, for readers who see only a code. */
export const messages: Record<ErrorCode | ConfigCode, (found: string) => string> = {
  no_page: () =>
    'createClient: must run in a browser, found no window. Call it in code that runs on the page only, not on the server.',
  option_token: (found) =>
    `createClient: \`token\` must be a public token, hw_pub_…, got ${found}. Make one with \`headwater token create\`.`,
  option_endpoint: (found) =>
    `createClient: \`endpoint\` must be an absolute http(s) URL without a query, got ${found}. Pass the address of your collector, for example https://t.example.com.`,
  option_flush_interval_ms: (found) =>
    `createClient: \`flushIntervalMs\` must be a whole number from 1 to 3600000, got ${found}. Leave it out for 5000.`,
  option_batch_size: (found) =>
    `createClient: \`batchSize\` must be a whole number from 1 to ${limits.eventsPerBatch}, got ${found}. Leave it out for 100.`,
  option_consent: (found) =>
    `createClient: \`consent\` must be 'granted', 'denied' or 'pending', got ${found}. Leave it out for 'granted'.`,
  option_persistence: (found) =>
    `createClient: \`persistence\` must be 'cookie', 'local' or 'memory', got ${found}. Leave it out for 'cookie'.`,
  option_ignored_referrers: (found) =>
    `createClient: \`ignoredReferrers\` must be a list of hosts, got ${found}. Pass an array, as in ['pay.example.com'].`,
  option_sensitive_keys: (found) =>
    `createClient: \`sensitiveKeys\` must be a list of query keys, got ${found}. Pass an array, as in ['voucher'].`,
  illegal_id: (found) =>
    `identify: needs the id of a person, of at most ${limits.userId} characters, got ${found}. Call it when someone has signed in.`,
  invalid_event: (found) =>
    `Recording an event: it must be JSON, found ${found}. Pass plain values: no BigInt, and nothing that contains itself.`,
  invalid_consent: (found) =>
    `consent: must be 'granted', 'denied' or 'pending', got ${found}. Nothing has changed.`,
  before_failed: (found) =>
    `Recording an event: your \`before\` hook threw ${found}. The event was dropped; fix the hook.`,
  invalid_token: (found) =>
    `setToken: must be a public token of the same website, got ${found}. Make one with \`headwater token create\`; another website needs another client.`,
  storage_failed: (found) =>
    `Keeping events on the device: storage failed with ${found}. Events now last only as long as this page. Allow this site to store data, and check that the disk has room.`,
  collector_refused: (found) =>
    `Sending events: the collector answered ${found}. Events are kept on the device; fix what the answer names.`,
  delivery_failed: (found) =>
    `Sending events: failed without an answer, with ${found}. Events are kept and sent again; please report this, it should not happen.`,
}

/** The message for this code; `found` is what was there instead of what was needed. */
export function messageOf(code: ErrorCode | ConfigCode, found?: unknown): string {
  return messages[code](readable(found))
}
