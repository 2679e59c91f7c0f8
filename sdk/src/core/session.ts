/** Decides which visit an event belongs to, by the rule in packages/attribution/src/session.ts. */
import { type Campaign, parseCampaign } from '@headwater/attribution/campaign'
import { continuesSession } from '@headwater/attribution/session'
import type { WireEvent, WireSession } from '@headwater/contract'
import type { Draft } from './event.ts'

/** The visit as the device remembers it. Times are epoch ms. */
export interface VisitorSession extends Campaign {
  id: string
  startedAt: number
  lastSeenAt: number
  userId?: string
  landingUrl?: string
  referrerUrl?: string
}

/** The session that this draft belongs to: the current one, or one that it opens. */
export function sessionAfter(
  current: VisitorSession | undefined,
  draft: Draft,
  userId: string | undefined,
): VisitorSession {
  const { event } = draft
  const at = Date.parse(event.occurred_at)
  // Only an arrival may end a session by its campaign: a click on a page that still carries the parameters of an
  // earlier visit must not take the visitor back into it while another tab goes on with a later one.
  const campaign = event.type === 'page' || isFirst(event) ? parseCampaign(event.url) : undefined
  return current && continuesSession(current, { at, userId, campaign })
    ? { ...current, userId, lastSeenAt: Math.max(current.lastSeenAt, at) }
    : openSession(draft, at, userId)
}

// A session has the id of the event that opened it, so settling the same draft twice opens the same session.
function openSession({ event, referrer }: Draft, at: number, userId: string | undefined): VisitorSession {
  return {
    id: event.idempotency_key,
    startedAt: at,
    lastSeenAt: at,
    userId,
    landingUrl: event.url,
    // It tells where the page load came from; a session that opens later on the page came from nowhere.
    referrerUrl: isFirst(event) ? referrer : undefined,
    ...parseCampaign(event.url),
  }
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

function isFirst({ seq }: WireEvent): boolean {
  return seq === 1
}
