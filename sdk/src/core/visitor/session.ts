/** Decides which visit an event belongs to, by the rule in packages/attribution/src/session.ts. */
import { type Campaign, hasCampaign, parseCampaign } from '@headwater/attribution/campaign'
import { continuesSession, type SessionRules } from '@headwater/attribution/session'
import type { WireSession } from '@headwater/contract'
import type { Draft } from './draft.ts'
import type { State } from './state.ts'

/** The visit as the device remembers it. Times are epoch ms. */
export interface VisitorSession extends Campaign {
  id: string
  startedAt: number
  userId?: string
  /** Absent: the visit began on another subdomain, which knows. */
  landingUrl?: string
  referrerUrl?: string
}

interface Turn {
  draft: Draft
  at: number
  userId: string | undefined
}

/** The session that this draft belongs to: the current one, or one that it opens. */
export function sessionAfter(
  { session, seenAt }: State,
  { draft, at, userId }: Turn,
  rules: SessionRules,
): VisitorSession {
  // Only an arrival may end a session by its campaign: a click on a page that still carries the parameters of an
  // earlier visit must not take the visitor back into it while another tab goes on with a later one.
  const { event } = draft
  const campaign = event.type === 'page' || draft.arrival ? campaignOf(draft) : undefined
  // It has opened this one already, for a page that was leaving.
  const isOpener = session?.id === event.idempotency_key
  // Another website's client has opened it on this very page: it is the same visit, and began here.
  const isShared = session && !session.landingUrl && session.startedAt >= Number(draft.arrival?.openedAt)
  const next = { at, userId, campaign: isShared ? undefined : campaign }
  if (!session || isOpener || !continuesSession({ ...session, lastSeenAt: seenAt }, next, rules))
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
    referrerUrl: draft.arrival?.referrer, // a session that opens later on the page came from nowhere
    ...campaignOf(draft),
  }
}

// A router may have taken the parameters out of the address before we came.
function campaignOf(draft: Draft): Campaign {
  const campaign = parseCampaign(draft.event.url)
  return hasCampaign(campaign) ? campaign : parseCampaign(landingOf(draft))
}

function landingOf({ arrival, event }: Draft): string | undefined {
  return arrival?.landing ?? event.url
}

/** The session as it travels with each of its events. */
export function wireSession({
  id,
  startedAt,
  landingUrl,
  referrerUrl,
  utm,
  clickIds,
}: VisitorSession): WireSession {
  return {
    id,
    started_at: new Date(startedAt).toISOString(),
    landing_url: landingUrl,
    referrer_url: referrerUrl,
    utm,
    click_ids: clickIds,
  }
}
