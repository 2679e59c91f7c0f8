/** What a device remembers, and how calls change it: pure, so that it can run inside the storage's own transaction. */
import type { WireEvent } from '@headwater/contract'
import type { Draft, Reset } from './event.ts'
import { sessionAfter, type VisitorSession, wireSession } from './session.ts'

/**
 * The one state record. Its shape is read by older and newer versions of the SDK: `v` says which it is. The demo shop
 * (collector/src/dev/demo.html) ages `session.startedAt` and `session.lastSeenAt` in it.
 */
export interface State {
  v: 1
  anonymousId: string
  userId?: string
  session?: VisitorSession
}

/** The state and the finished events that belong in one transaction. */
export interface Settled {
  state: State
  events: WireEvent[]
}

/**
 * Gives each draft its visitor and its visit, in order. It may run twice on the same drafts (once from memory for a
 * leaving page, once in the store) and then answers the same, as long as the state it starts from is the same.
 */
export function settle(
  stored: State | undefined,
  entries: readonly (Draft | Reset)[],
  newId: string,
): Settled {
  let state: State = stored?.v === 1 ? stored : { v: 1, anonymousId: newId }
  const events: WireEvent[] = []
  for (const entry of entries) {
    state = 'event' in entry ? stateAfter(state, entry) : { v: 1, anonymousId: entry.anonymousId }
    if ('event' in entry) events.push(completed(entry.event, state))
  }
  return { state, events }
}

function stateAfter(state: State, draft: Draft): State {
  const userId = draft.event.user_id ?? state.userId // only identify() brings its own
  return { ...state, userId, session: sessionAfter(state.session, draft, userId) }
}

function completed(event: WireEvent, { anonymousId, userId, session }: State): WireEvent {
  return { ...event, anonymous_id: anonymousId, user_id: userId, session: session && wireSession(session) }
}
