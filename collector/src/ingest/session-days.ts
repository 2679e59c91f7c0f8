/** Midnight as the end of a session, where a time zone is set for it; clients know nothing of it. */
import { crossesMidnight, dayOf } from '@headwater/attribution/midnight'
import type { EventSession } from './event.ts'
import { hashToUuid } from './uuid.ts'

/**
 * The visit of an event at this time (epoch ms): the one that it was told or given, or, on another day than that began, one
 * of its own. All events of that day name it alike, and it begins with the first of them; it came from where the other came,
 * and leaves no touch again.
 */
export function visitOfDay(visit: EventSession, at: number, timeZone: string | undefined): EventSession {
  if (!timeZone || !crossesMidnight(visit.startedAt, at, timeZone)) return visit
  return {
    ...visit,
    clientId: hashToUuid(`${visit.clientId} ${dayOf(at, timeZone)}`),
    startedAt: at,
    isContinuation: true,
  }
}
