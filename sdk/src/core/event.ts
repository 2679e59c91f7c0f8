/** Turns a call into a draft: everything about an event that is known at once; state.ts adds who and in which visit. */
import type { WireEvent } from '@headwater/contract'
import type { Ports } from './ports.ts'

/** What a verb says about its event. */
export type Fields = Omit<
  WireEvent,
  'idempotency_key' | 'occurred_at' | 'stream' | 'seq' | 'session' | 'props'
> & {
  props?: object
}

/** An event that waits for its visitor and its visit. */
export interface Draft {
  event: WireEvent
  /** Where this page load, or start of the app, came from. */
  referrer?: string
  /** Resolves when the event is complete; absent when it already is. */
  ready?: Promise<void>
}

/** A call of reset(): from here on it is someone else. */
export interface Reset {
  anonymousId: string
  ready?: undefined
}

/** Makes the drafts of one client instance, which share a stream and count within it. */
export function createDrafter({ clock, ids, lifecycle }: Ports): (fields: Fields) => Draft {
  const stream = ids.uuid()
  let seq = 0

  return (fields) => {
    // As JSON sees it now: what the caller changes later has no effect, and the store can clone it.
    const said: Pick<WireEvent, 'type'> = JSON.parse(JSON.stringify(fields))
    const { referrer, ...place } = lifecycle.place()
    const event = {
      idempotency_key: ids.uuid(),
      occurred_at: new Date(clock.now()).toISOString(),
      stream,
      seq: ++seq,
      ...place,
      ...said,
    }
    return { event, referrer }
  }
}
