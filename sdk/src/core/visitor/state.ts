/** What a device remembers, and how calls change it: pure, so that it can run inside the storage's own transaction. */
import type { SessionRules } from '@headwater/attribution/session'
import type { WireEvent } from '@headwater/contract'
import { toJson } from '../json.ts'
import type { Settled, State, StoredEvent } from '../records.ts'
import type { Draft, Entry } from './draft.ts'
import { withTouch } from './earlier-touches.ts'
import { sessionAfter, wireSession } from './session.ts'

/** What settling needs in addition to the calls. */
export interface Settling {
  /** The visitor's id, if this device does not know one. */
  newId: string
  rules: SessionRules
}

/**
 * Assigns each draft its visitor and its session, in order. It may run twice on the same drafts, once from memory for a
 * leaving page and once in storage, and returns the same when it starts from the same state.
 */
export function settle(
  stored: State | undefined,
  entries: readonly Entry[],
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

/** Whether it was written by a version of the SDK with the same record format. */
export function isState(stored: State | undefined): stored is State {
  return stored?.v === 2 && stored.seenAt >= 0
}

/** A visitor known only by id. */
export function newState(anonymousId: string, seenAt: number): State {
  return { v: 2, anonymousId, seenAt }
}

/** The stored state, joined with one that a leaving page could not store. */
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
  const isAnotherUser = state.userId && state.userId !== userId // who did not arrive through the first user's touches
  return {
    ...state,
    userId,
    session,
    seenAt: isNew ? at : Math.max(state.seenAt, at),
    touches: withTouch(isAnotherUser ? [] : state.touches, session),
  }
}

function finish(event: WireEvent, state: State, before: State): StoredEvent {
  const { anonymousId, userId, session, touches } = state
  // Sent when a visitor becomes known or converts, because the events that reported these touches may have been lost.
  const sendsTouches = event.conversion || (event.type === 'identify' && userId !== before.userId)
  const finished: WireEvent = {
    ...event,
    anonymous_id: anonymousId,
    user_id: userId,
    session: session && wireSession(session),
    touches: sendsTouches ? touches : undefined,
  }
  return { key: event.idempotency_key, json: toJson(finished) }
}
