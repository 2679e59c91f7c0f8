/** What a device remembers, and how calls change it: pure, so that it can run inside the storage's own transaction. */
import type { SessionRules } from '@headwater/attribution/session'
import type { WireEvent, WireTouch } from '@headwater/contract'
import type { StoredEvent } from '../ports.ts'
import type { Draft, Reset } from './draft.ts'
import { withTouch } from './earlier-touches.ts'
import { sessionAfter, type VisitorSession, wireSession } from './session.ts'

/**
 * The one state record. Its shape is read by older and newer versions of the SDK: `v` says which it is. The demo shop
 * (collector/src/dev/demo.html) ages `seenAt` and `session.startedAt` in it.
 */
export interface State {
  v: 2
  anonymousId: string
  userId?: string
  /** Epoch ms of the latest thing that is known of the visitor. */
  seenAt: number
  session?: VisitorSession
  /** How the visitor came, each time: see touches.ts. */
  touches?: WireTouch[]
}

/** The state and the finished events that belong in one transaction. */
export interface Settled {
  state: State
  events: StoredEvent[]
}

/** What settling needs to know besides the drafts. */
export interface Settling {
  /** The visitor's id, should this device know none. */
  newId: string
  rules: SessionRules
}

/**
 * Gives each draft its visitor and its visit, in order. It may run twice on the same drafts (once from memory for a
 * leaving page, once in the store) and then answers the same, as long as the state it starts from is the same.
 */
export function settle(
  stored: State | undefined,
  entries: readonly (Draft | Reset)[],
  { newId, rules }: Settling,
): Settled {
  let state: State = isState(stored) ? stored : newState(newId, 0)
  const events: StoredEvent[] = []
  for (const entry of entries) {
    const before = state
    if ('event' in entry) {
      state = stateAfter(before, entry, rules)
      events.push(finish(entry.event, state, before))
    } else {
      state = newState(entry.anonymousId, entry.at)
    }
  }
  return { state, events }
}

/** Was it written by a version of the SDK that means the same by it? */
export function isState(stored: State | undefined): stored is State {
  return stored?.v === 2 && stored.seenAt >= 0
}

/** Nothing is known but the id. */
export function newState(anonymousId: string, seenAt: number): State {
  return { v: 2, anonymousId, seenAt }
}

/** What is stored, joined with what a page could not store when it was left. */
export function joinStates(stored: State | undefined, left: State): State {
  if (isState(stored) && stored.seenAt >= left.seenAt) return stored
  const { anonymousId, touches, session } = left
  const known = stored?.anonymousId === anonymousId ? stored : undefined
  return { ...known, ...left, touches: session && withTouch(known?.touches ?? touches, session) }
}

function stateAfter(state: State, draft: Draft, rules: SessionRules): State {
  const at = Date.parse(draft.event.occurred_at)
  const userId = draft.event.user_id ?? state.userId // only identify() brings its own
  const session = sessionAfter(state, { draft, at, userId }, rules)
  const isNew = session.id !== state.session?.id
  const isAnother = state.userId && state.userId !== userId // who does not take over how the first one came
  return {
    ...state,
    userId,
    session,
    seenAt: isNew ? at : Math.max(state.seenAt, at),
    touches: withTouch(isAnother ? [] : state.touches, session),
  }
}

function finish(event: WireEvent, state: State, before: State): StoredEvent {
  const { anonymousId, userId, session, touches } = state
  // Who becomes known, or converts, brings along how they came: events that told of it may have been lost.
  const tellsTouches = event.conversion || (event.type === 'identify' && userId !== before.userId)
  const finished: WireEvent = {
    ...event,
    anonymous_id: anonymousId,
    user_id: userId,
    session: session && wireSession(session),
    touches: tellsTouches ? touches : undefined,
  }
  return { key: event.idempotency_key, json: JSON.stringify(finished) }
}
