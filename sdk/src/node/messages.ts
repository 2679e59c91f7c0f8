/** The texts of a server's errors: what was attempted, what was found, what to do. */
import { limits } from '@headwater/contract'
import type { ErrorCode } from '../core/codes.ts'
import type { Emitter } from '../core/emitter.ts'
import type { Clock } from '../core/ports.ts'
import { readable } from '../core/readable.ts'

type ServerErrorCode = Exclude<ErrorCode, 'forget_failed' | 'invalid_consent'>

const messages: Record<ServerErrorCode, (found: string) => string> = {
  illegal_id: (found) =>
    `Recording an event: needs the id of a person or a browser, a text of at most ${limits.userId} characters or a whole number up to 2^53, got ${found}. The event was dropped; pass \`userId\` or \`anonymousId\`, and larger numbers as text.`,
  invalid_event: (found) =>
    `Recording an event: failed with ${found}. The event was dropped; pass plain values.`,
  invalid_value: (found) =>
    `Recording an event: properties must be JSON of at most 32 KB and ${limits.depth} levels, left out ${found}. The rest is kept; pass plain values.`,
  before_send_failed: (found) =>
    `Recording an event: your \`beforeSend\` hook threw ${found}. The event was dropped; fix the hook.`,
  invalid_token: (found) =>
    `setToken: must be a secret token of the same website, got ${found}. Make one with \`headwater token create\`; another website needs another client.`,
  storage_failed: (found) =>
    `Keeping events in the spool: failed with ${found}. Meanwhile events wait in memory. Check the folder's permissions, and that the disk has room.`,
  collector_refused: (found) =>
    `Sending events: the collector answered ${found}. Events are kept; fix what the answer names.`,
  delivery_failed: (found) =>
    `Sending events: failed without an answer, with ${found}. Events are kept and sent again; please report this, it should not happen.`,
}

/** A server runs for months: each code is reported once in this time, whatever was found. */
const silenceMs = 60_000

/** Emits `error` notices; logs them with `console.warn` while no one listens. */
export function createComplaints({ emit, on }: Emitter, clock: Clock): Pick<Emitter, 'complain' | 'on'> {
  const lastAt = new Map<string, number>()
  let listeners = 0

  return {
    complain(code, found, cause) {
      const now = clock.now()
      if (now - (lastAt.get(code) ?? -Infinity) < silenceMs) return
      lastAt.set(code, now)
      const message = messages[code as ServerErrorCode](shown(found)) // the other two come from verbs that servers lack
      if (listeners === 0) console.warn(`[headwater] ${message}`)
      emit('error', { code, message, cause })
    },
    on(name, listener) {
      const undo = on(name, listener)
      if (name !== 'error') return undo
      let isOn = 1
      listeners++
      return () => {
        undo()
        listeners -= isOn
        isOn = 0
      }
    },
  }
}

/** A value as messages show it; of a token only the part that is not secret. */
export function shown(found: unknown): string {
  return readable(found).replace(/(hw_\w{3}_[^_\s']{8}_)\w+/g, '$1…')
}
