/** Records calls: turns each into a draft, passes it to the page's hook, and hands it to the queue. */
import type { WireEvent } from '@headwater/contract'
import type { DropReason, ErrorCode } from './codes.ts'
import type { Parts } from './parts.ts'
import type { Queue } from './queue/queue.ts'
import { createDrafter, type Fields, passThrough, type Stamp } from './visitor/draft.ts'

export interface Recorder {
  /**
   * Records the event that `say` describes; when `say` throws, the event is lost and counted. `stamp` is the key and time
   * of a call that was made before there was a client. `complete` adds what takes time: until then the event, and what
   * comes after it, is not written.
   */
  record(say: () => Fields, stamp?: Stamp, complete?: (event: WireEvent) => Promise<void>): void
  reset(): void
  /** Counts and reports a call that nothing comes of. */
  refuse(code: DropReason & ErrorCode, found: unknown): void
  /** Forgets everything. What is recorded from now on is of another stream, so that nothing connects it with what was before. */
  forget: Queue['forget']
  /** What is recorded from now on is lost, and counted. */
  close(): void
}

export function createRecorder(parts: Parts, queue: Queue): Recorder {
  const { clock, ids, settings, drops, notices } = parts
  let draft = createDrafter(parts)
  let isOpen = true

  function isListening(): boolean {
    if (!isOpen) drops.count('shut_down')
    else if (settings.consent === 'denied') notices.emit('dropped', { reason: 'consent_denied', count: 1 })
    else return true
    return false
  }

  function refuse(code: DropReason & ErrorCode, found: unknown): void {
    drops.count(code)
    notices.complain(code, found)
  }

  /** The event as the page's hook returns it; undefined when the hook dropped it, or threw. */
  function hooked(event: WireEvent): WireEvent | undefined {
    try {
      const answer = passThrough(settings.before, event)
      if (!answer) drops.count('before')
      return answer
    } catch (cause) {
      refuse('before_failed', cause)
    }
  }

  return {
    record(say, stamp, complete) {
      if (!isListening()) return
      try {
        const { event: drafted, arrival } = draft(say(), stamp)
        const event = hooked(drafted)
        if (!event) return
        notices.emit('recorded', { event })
        queue.take({ event, arrival, ready: complete?.(event) })
      } catch (cause) {
        refuse('invalid_event', cause)
      }
    },
    reset() {
      if (isListening()) queue.take({ anonymousId: ids.uuid(), at: clock.now() })
    },
    refuse,
    forget() {
      draft = createDrafter(parts)
      return queue.forget()
    },
    close() {
      isOpen = false
    },
  }
}
