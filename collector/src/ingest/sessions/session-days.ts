/** Midnight as the end of a session, where the website says so; clients do not know about it. */
import { crossesMidnight, dayOf } from '@headwater/attribution/midnight'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import type { EventSession } from '../event.ts'
import { hashToUuid } from '../uuid.ts'

/**
 * The session of an event at this time (epoch ms): the one it was reported or assigned in, or, on a later day than that began,
 * one of its own. All events of that day give it the same id, and it begins with the first of them. It has the source of the
 * first day's session, and leaves no touch again.
 */
export function sessionOfDay(session: EventSession, at: number, settings: WebsiteSettings): EventSession {
  const { sessionsEndAtMidnight, timeZone } = settings
  if (!sessionsEndAtMidnight || !crossesMidnight(session.startedAt, at, timeZone)) return session
  return {
    ...session,
    clientId: hashToUuid(`${session.clientId} ${dayOf(at, timeZone)}`),
    startedAt: at,
    isContinuation: true,
  }
}
