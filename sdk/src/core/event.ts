/** Turns a call into a draft: everything about an event that is known at once; state.ts adds who and in which visit. */
import type { WireEvent } from '@headwater/contract'
import type { Ports } from './ports.ts'

/** What a verb says about its event. */
export type Fields = Omit<WireEvent, 'idempotency_key' | 'occurred_at' | 'stream' | 'seq' | 'session' | 'props'> & {
  props?: object
}

/** An event that waits for its visitor and its visit. */
export interface Draft {
  event: WireEvent
  /** Epoch ms. */
  at: number
  /** Is the visitor coming to a page, rather than doing something on it? */
  isArrival: boolean
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
    const said = snapshot(fields)
    const { url, title, referrer } = lifecycle.place()
    const at = clock.now()
    const isFirst = ++seq === 1
    const event = {
      idempotency_key: ids.uuid(),
      occurred_at: new Date(at).toISOString(),
      stream,
      seq,
      url,
      title,
      ...said,
    }
    // The referrer tells where this page load came from, so only its first event may open a session with it.
    return { event, at, isArrival: isFirst || event.type === 'page', referrer: isFirst ? referrer : undefined }
  }
}

// What the caller gave, as JSON sees it now: later changes by the caller have no effect, and the store can clone it.
function snapshot(fields: Fields): Pick<WireEvent, 'type'> {
  return JSON.parse(JSON.stringify(fields))
}
