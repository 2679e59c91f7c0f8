/** The browser's session, as a server knows it: by its id, without the page where it began. */
import type { WireSession } from '@headwater/contract'
import { isoTime } from '../core/json.ts'
import type { Visitor } from './api.ts'

/** Undefined without a session, or without the browser whose session it is. `at`: when the event happened, epoch ms. */
export function wireSession(visitor: Visitor, at: number): WireSession | undefined {
  const { anonymousId, sessionId, sessionStartedAt } = visitor
  if (!anonymousId || !sessionId) return undefined
  // The collector keeps the earliest start that it hears of.
  const startedAt = Math.min(sessionStartedAt ?? timeOf(sessionId) ?? at, at)
  return { id: sessionId, started_at: isoTime(new Date(startedAt)) }
}

/** A session of our SDKs has a UUID v7 as its id, which begins with the time in ms. */
function timeOf(id: string): number | undefined {
  const [, high, low] = /^([\da-f]{8})-([\da-f]{4})-7/i.exec(id) ?? []
  return high && low ? Number.parseInt(high + low, 16) : undefined
}
