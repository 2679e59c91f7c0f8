/** Records calls: turns each into a draft, passes it to the page's hook, and hands it to the queue. */
import { limits, type WireEvent } from '@headwater/contract'
import type { DropReason, ErrorCode } from './codes.ts'
import { type Copy, createHook } from './hook.ts'
import { plainCopy } from './json.ts'
import type { Parts } from './parts.ts'
import type { Queue } from './queue/queue.ts'
import { createDrafter, type Fields, type Stamp } from './visitor/draft.ts'

export interface Recorder {
  /**
   * Records the event that `say` describes, or nothing when it returns nothing; it copies what the page gave it. `stamp` is
   * the key and time of a call that was made before there was a client. `complete` adds what takes time: until then the
   * event, and what comes after it, is not written.
   */
  record(
    say: (copy: Copy) => Fields | undefined,
    stamp?: Stamp,
    complete?: (event: WireEvent) => Promise<void>,
  ): void
  reset(): void
  /** Whether this user or this e-mail is new. Apps repeat `identify` each time they render. */
  isNews(userId: string, email: unknown): boolean
  /** Counts and reports a call that has no effect. */
  refuse(code: DropReason & ErrorCode, found: unknown): void
  /** Forgets everything. Later events are of another stream, so that nothing connects them with earlier ones. */
  forget: Queue['forget']
  /** Whatever is recorded from now on is dropped and counted. */
  close(): void
}

export function createRecorder(parts: Parts, queue: Queue): Recorder {
  const { clock, ids, settings, lose, emit, complain } = parts
  let draft = createDrafter(parts)
  const hook = createHook(parts, (cause) => refuse('before_send_failed', cause))
  let lastUser: string | undefined
  let lastEmail: unknown
  let isOpen = true

  function isListening(): boolean {
    const isDenied = settings.consent === 'denied'
    if (isDenied || !isOpen) lose(isOpen ? 'consent_denied' : 'shut_down')
    return isOpen && !isDenied
  }

  function refuse(code: DropReason & ErrorCode, found: unknown): void {
    lose(code)
    complain(code, found)
  }

  return {
    record(say, stamp, complete) {
      if (!isListening()) return
      const leftOut: string[] = []
      const copy: Copy = (value) => plainCopy(value, (place) => leftOut.push(place), limits.propsBytes)
      try {
        const fields = say(copy)
        if (!fields) return
        const { event: drafted, arrival } = draft(fields, stamp)
        const event = hook(drafted, copy)
        if (leftOut[0]) refuse('invalid_value', leftOut[0])
        if (!event) return
        emit('recorded', { event })
        queue.take({ event, arrival, ready: complete?.(event) })
      } catch (cause) {
        refuse('invalid_event', cause)
      }
    },
    isNews(userId, email) {
      const isKnown = userId === lastUser && (!email || email === lastEmail)
      if (!isKnown) [lastUser, lastEmail] = [userId, email]
      return !isKnown
    },
    reset() {
      lastUser = undefined
      if (isListening()) queue.take({ anonymousId: ids.uuid(), at: clock.now() })
    },
    refuse,
    forget() {
      lastUser = undefined
      draft = createDrafter(parts)
      return queue.forget()
    },
    close() {
      isOpen = false
    },
  }
}
