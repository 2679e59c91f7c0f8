/** Holds the one rule that says when a session ends; SDK and collector both use it. */

export interface SessionRules {
  /** Silence longer than this ends a session; exactly this long does not. */
  idleMs: number
  /** An event later than this after the start opens a new session. */
  maxMs: number
  /** Whether arriving by another campaign or click id opens a new session. */
  newCampaignStartsSession: boolean
}

/** 30 minutes is what every product of this field uses. 24 hours ends the session of a tab that never falls silent. */
export const defaultSessionRules: SessionRules = {
  idleMs: 1_800_000,
  maxMs: 86_400_000,
  newCampaignStartsSession: true,
}

/** The state of a session. Times are epoch ms; `campaign` is that of its landing, by `campaignIn`. */
export interface OpenSession {
  startedAt: number
  lastSeenAt: number
  userId?: string
  campaign?: string
}

/** What happens next in it, or after it; `campaign` is that of an arrival, as `campaignIn` says. */
export interface NextMoment {
  at: number
  userId?: string
  campaign?: string
}

/** Does the next moment belong to this session? */
export function continuesSession(
  session: OpenSession,
  next: NextMoment,
  rules: SessionRules = defaultSessionRules,
): boolean {
  return (
    isInTime(session, next.at, rules) &&
    !isAnotherUser(session.userId, next.userId) &&
    !(rules.newCampaignStartsSession && isAnotherCampaign(session.campaign, next.campaign))
  )
}

// An event before lastSeenAt is late, or its clock was set back. That is no reason to split, unless it lies so far before
// the start that the session would stay open until the clock has caught up.
function isInTime(
  { startedAt, lastSeenAt }: OpenSession,
  at: number,
  { idleMs, maxMs }: SessionRules,
): boolean {
  return at - lastSeenAt <= idleMs && at - startedAt <= maxMs && startedAt - at <= idleMs
}

// Signing in keeps the session, and so does an event without a user: only a second user id is a second person.
function isAnotherUser(before: string | undefined, after: string | undefined): boolean {
  return !!before && !!after && before !== after
}

function isAnotherCampaign(before: string | undefined, after: string | undefined): boolean {
  return !!after && before !== after
}
