/** The earlier touches: how the visitor arrived, each time. Kept on the device, sent with identify and conversions. */
import { campaignIn } from '@headwater/attribution/campaign-keys'
import { limits, type WireTouch } from '@headwater/contract'
import type { VisitorSession } from '../records.ts'
import { originOf } from './draft.ts'
import { wireSession } from './session.ts'

/**
 * Adds how this session began. The first touch always stays; a later direct one adds nothing; the oldest of the others are
 * dropped.
 */
export function withTouch(touches: WireTouch[] = [], session: VisitorSession): WireTouch[] {
  const isKnown = touches.some(({ session_id }) => session_id === session.id)
  if (isKnown || !session.landingUrl || (touches.length > 0 && isDirect(session))) return touches
  const [first, ...later] = [...touches, touchOf(session)]
  return [first as WireTouch, ...later.slice(1 - limits.touches)] // there is one, it was just added
}

function isDirect({ referrerUrl, landingUrl }: VisitorSession): boolean {
  return !campaignIn(landingUrl) && (!referrerUrl || originOf(referrerUrl) === originOf(landingUrl))
}

function touchOf(session: VisitorSession): WireTouch {
  const { id, started_at, landing_url, referrer_url } = wireSession(session)
  return { session_id: id, occurred_at: started_at, url: landing_url, referrer_url }
}
