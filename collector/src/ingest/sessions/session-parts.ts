/** The parts of a session that a client reports for longer than a session may last. Clients do not know about them. */
import { crossesMidnight, dayOf } from '@headwater/attribution/midnight'
import type { WebsiteSettings } from '@headwater/server/website-settings'
import type { EventSession } from '../event.ts'
import { hashToUuid } from '../uuid.ts'

/**
 * A part has a name, which is the same for all its events, and begins with the first of them. It has the source of the
 * session, whose landing touch belongs to the first part.
 */
export function partOf(session: EventSession, name: string, at: number): EventSession {
  return {
    ...session,
    clientId: hashToUuid(`${session.clientId} ${name}`),
    startedAt: at,
    isContinuation: true,
  }
}

/** The part for the day of an event at this time (epoch ms), if the website ends sessions at midnight. */
export function sessionOfDay(session: EventSession, at: number, settings: WebsiteSettings): EventSession {
  const { sessionsEndAtMidnight, timeZone } = settings
  if (!sessionsEndAtMidnight || !crossesMidnight(session.startedAt, at, timeZone)) return session
  return partOf(session, dayOf(at, timeZone), at)
}

/** The part for an event more than 24 hours after the start of its session; `sessionPart` is its number. */
export function partOfSession(
  session: EventSession,
  { occurredAt, sessionPart }: { occurredAt: number; sessionPart?: number },
): EventSession {
  return sessionPart ? partOf(session, `part ${sessionPart}`, occurredAt) : session
}
