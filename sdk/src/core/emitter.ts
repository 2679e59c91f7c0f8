/** Passes notices to their listeners. */
import type { ErrorCode } from './codes.ts'
import { messageOf } from './messages.ts'
import type { Notices } from './notices.ts'
import type { Clock } from './ports.ts'

export type Emit = <Name extends keyof Notices>(name: Name, notice: Notices[Name]) => void

export interface Emitter {
  emit: Emit
  /**
   * Emits an `error` with the message of its code; `found` is what was there instead of what was needed. The same message
   * is emitted once, because a page may repeat its mistake in a loop.
   */
  complain(code: ErrorCode, found: unknown, cause?: unknown): void
  /** Returns a function that unsubscribes. */
  on<Name extends keyof Notices>(name: Name, listener: (notice: Notices[Name]) => void): () => void
}

interface Subscription {
  name: keyof Notices
  listener: (notice: never) => void
  isRunning?: boolean
}

/**
 * A listener that throws disturbs neither the client nor the other listeners: its error becomes an uncaught one. A
 * listener that causes a notice of its own name does not receive that one, so it cannot call itself endlessly.
 */
export function createEmitter(clock: Clock): Emitter {
  let subscriptions: Subscription[] = []
  const emitted: string[] = []

  function call(subscription: Subscription, notice: unknown): void {
    subscription.isRunning = true
    try {
      subscription.listener(notice as never) // `on` has paired name and listener
    } catch (error) {
      clock.after(0, () => {
        throw error
      })
    }
    subscription.isRunning = false
  }

  const emit: Emit = (name, notice) => {
    for (const subscription of subscriptions) {
      if (subscription.name === name && !subscription.isRunning) call(subscription, notice)
    }
  }

  return {
    emit,
    complain(code, found, cause) {
      const message = messageOf(code, found)
      if (!emitted.includes(message)) emit('error', { code, message, cause })
      emitted.push(message)
    },
    on(name, listener) {
      const subscription: Subscription = { name, listener }
      subscriptions = [...subscriptions, subscription]
      return () => {
        subscriptions = subscriptions.filter((each) => each !== subscription)
      }
    },
  }
}
