/**
 * Keeps the past of erased people out of the database, without I/O: refuses events that occurred before the erase, and cuts off
 * what later events bring along from before it.
 */
import type { IdentityKey, IdentityRef } from '../../identity/customer.ts'
import type { KnownCustomers } from '../../identity/load-customers.ts'
import type { EventSession, IngestEvent, Judged, OriginIds, RejectedEvent } from '../event.ts'
import { rejectErased } from '../judge/rejection.ts'
import type { KnownSessions, RecentSession } from '../sessions/known-sessions.ts'
import { partOf } from '../sessions/session-parts.ts'
import type { Candidate } from './keys.ts'

/** When the person of an identity was erased, epoch ms. */
export type ErasedAt = ReadonlyMap<IdentityKey, number>

/** The events of a group with their claimed keys. */
interface Claimed {
  judged: readonly Judged[]
  candidates: readonly Candidate[]
  /** Those whose key was stored before: they stay duplicates. */
  taken: ReadonlySet<IngestEvent>
}

/** The same, without the past of erased people. */
export interface Forgotten {
  judged: readonly Judged[]
  candidates: readonly Candidate[]
  /** Refused events, whose claimed keys have to be given back. */
  released: readonly Candidate[]
  /** What took the place of events; most groups have none. */
  replaced: ReadonlyMap<Judged, Judged>
  /** Whether sessions of events have changed, and have to be loaded. */
  hasNewSessions: boolean
}

const nothing: ReadonlyMap<Judged, Judged> = new Map()

/** Copies of a refused event are refused with it: copies share a key because they are one event. */
export function forgetErased(
  { judged, candidates, taken }: Claimed,
  { erasedAt, ledger }: Pick<KnownCustomers, 'erasedAt' | 'ledger'>,
): Forgotten {
  if (erasedAt.size === 0)
    return { judged, candidates, released: [], replaced: nothing, hasNewSessions: false }

  const replaced = new Map<Judged, Judged>()
  const refused = new Set<string>()
  for (const { event } of candidates) {
    if (taken.has(event)) continue
    const { cookie, user, others } = event
    // A known person's user id decides: what else the event shows may be that of somebody who was erased.
    const isKnown = user !== undefined && ledger.has(user.key)
    const since = latestErase(isKnown ? [cookie, user] : [cookie, user, ...others], erasedAt)
    if (event.occurredAt < (isKnown ? latestErase([user], erasedAt) : since)) refused.add(event.copyName)
    else if (reachesBack(event, since)) replaced.set(event, cutOff(event, since))
  }
  const hasNewSessions = replaced.size > 0
  const refuse = (event: IngestEvent): RejectedEvent => rejectErased(event)
  for (const event of judged)
    if ('wire' in event && refused.has(event.copyName)) replaced.set(event, refuse(event))
  return {
    judged: judged.map((event) => replaced.get(event) ?? event),
    candidates: candidates.flatMap((candidate) => survivorOf(candidate, replaced)),
    released: candidates.filter(({ event }) => refused.has(event.copyName)),
    replaced,
    hasNewSessions,
  }
}

/** Leaves out recent sessions that their visitor began before the erase: no later event continues them. */
export function forgetSessions(sessions: KnownSessions, erasedAt: ErasedAt): KnownSessions {
  if (erasedAt.size === 0) return sessions
  const isKept = ({ visitor, startedAt }: RecentSession) => startedAt >= (erasedAt.get(visitor) ?? startedAt)
  return { ...sessions, recent: sessions.recent.filter(isKept) }
}

function survivorOf({ event, id }: Candidate, replaced: ReadonlyMap<Judged, Judged>): Candidate[] {
  const now = replaced.get(event) ?? event
  return 'wire' in now ? [{ event: now, id }] : []
}

/** Before all times: no one of them was erased. */
const never = Number.NEGATIVE_INFINITY

function latestErase(identities: readonly (IdentityRef | undefined)[], erasedAt: ErasedAt): number {
  const times = identities.map((identity) => identity && erasedAt.get(identity.key))
  return Math.max(never, ...times.filter((at) => at !== undefined))
}

const reachesBack = ({ session, earlierTouches }: IngestEvent, since: number) =>
  (session !== undefined && session.startedAt < since) || earlierTouches.some(({ at }) => at < since)

/** The event without touches of before, in a part of its session that begins with it. */
function cutOff(event: IngestEvent, since: number): IngestEvent {
  const { session, touches, earlierTouches } = event
  return {
    ...event,
    session: session && session.startedAt < since ? partAfterErase(session, event, since) : session,
    touches: touches.filter(({ at }) => at >= since),
    earlierTouches: earlierTouches.filter(({ at }) => at >= since),
  }
}

const noOrigin: OriginIds = {
  source: null,
  medium: null,
  campaign: null,
  term: null,
  content: null,
  referrerDomain: null,
  landingPage: null,
}

/** It has no landing: that was before. */
function partAfterErase(session: EventSession, { occurredAt }: IngestEvent, since: number): EventSession {
  const part = partOf(session, `after ${since}`, occurredAt)
  return { ...part, landingUrl: null, referrerUrl: null, originIds: noOrigin }
}
