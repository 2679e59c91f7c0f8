/** Midnight as the end of a session, where the website says so; clients do not know about it. */
import { crossesMidnight, dayOf } from '@headwater/attribution/midnight'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import type { EventSession } from '../event.ts'
import { hashToUuid } from '../judge/uuid.ts'

/**
 * The visit of an event at this time (epoch ms): the one that it was told or given, or, on another day than that began, one
 * of its own. All events of that day name it alike, and it begins with the first of them; it came from where the other came,
 * and leaves no touch again.
 */
export function visitOfDay(visit: EventSession, at: number, settings: WebsiteSettings): EventSession {
  const { sessionsEndAtMidnight, timeZone } = settings
  if (!sessionsEndAtMidnight || !crossesMidnight(visit.startedAt, at, timeZone)) return visit
  return {
    ...visit,
    clientId: hashToUuid(`${visit.clientId} ${dayOf(at, timeZone)}`),
    startedAt: at,
    isContinuation: true,
  }
}
