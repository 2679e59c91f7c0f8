/** Decides which session an event belongs to, by the rule in packages/attribution/src/session.ts. */
import { campaignIn } from '@headwater/attribution/campaign-keys'
import { continuesSession, type SessionRules } from '@headwater/attribution/session'
import type { WireSession } from '@headwater/contract'
import { isoTime } from '../json.ts'
import type { State, VisitorSession } from '../records.ts'
import type { Draft } from './draft.ts'

interface Turn {
  draft: Draft
  at: number
  userId: string | undefined
}

/** The session of this draft: the current one, or one that it opens. */
export function sessionAfter(
  { session, seenAt }: State,
  { draft, at, userId }: Turn,
  rules: SessionRules,
): VisitorSession {
  const { event, arrival } = draft
  // This event has opened the session already, for a page that was leaving.
  const isOpener = session?.id === event.idempotency_key
  // Another website's client opened it on this very page: it is the same session, and it began here.
  const isShared = session && !session.landingUrl && session.startedAt >= Number(arrival?.openedAt)
  // Only an arrival may end a session by its campaign. A click on a page that still has the parameters of an earlier
  // session in its address must not return the visitor to it while another tab continues with a later one.
  const isArrival = event.type === 'page' || arrival
  const campaign = isArrival && !isShared ? campaignIn(landingOf(draft)) : ''
  const open = session && {
    ...session,
    lastSeenAt: seenAt,
    campaign: campaign && campaignIn(session.landingUrl), // read only where there is one to compare
  }
  if (!open || isOpener || !continuesSession(open, { at, userId, campaign }, rules))
    return openSession(draft, at, userId)
  const { id, startedAt } = session
  return isShared ? { ...openSession(draft, at, userId), id, startedAt } : { ...session, userId }
}

// A session has the id of the event that opened it, so settling the same draft twice opens the same session.
function openSession(draft: Draft, at: number, userId: string | undefined): VisitorSession {
  return {
    id: draft.event.idempotency_key,
    startedAt: at,
    userId,
    landingUrl: landingOf(draft),
    referrerUrl: draft.arrival?.referrer, // a session that opens later on the page has no referrer
  }
}

// Where the page was opened, before a router changed the address; unless the address has a campaign of its own by now.
function landingOf({ arrival, event }: Draft): string | undefined {
  const landing = arrival?.landing ?? event.url
  const campaign = campaignIn(event.url)
  return campaign && campaign !== campaignIn(landing) ? event.url : landing
}

/** The session as it is sent with each of its events. The collector reads the campaign of its landing. */
export function wireSession(session: VisitorSession): WireSession {
  const { id, startedAt, landingUrl, referrerUrl } = session
  return {
    id,
    started_at: isoTime(new Date(startedAt)),
    landing_url: landingUrl,
    referrer_url: referrerUrl,
  }
}
