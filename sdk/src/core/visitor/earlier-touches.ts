/** The journal of how the visitor came, each time: kept on the device, told with identify and conversions. */
import { hasCampaign } from '@headwater/attribution/campaign'
import { limits, type WireTouch } from '@headwater/contract'
import { originOf } from './draft.ts'
import { type VisitorSession, wireSession } from './session.ts'

/** Adds how this session began. The first touch stays for ever; a later direct one is no news; the oldest others give way. */
export function withTouch(touches: WireTouch[] = [], session: VisitorSession): WireTouch[] {
  const isKnown = touches.some(({ session_id }) => session_id === session.id)
  if (isKnown || !session.landingUrl || (touches.length > 0 && isDirect(session))) return touches
  const [first, ...later] = [...touches, touchOf(session)]
  return [first as WireTouch, ...later.slice(1 - limits.touches)] // there is one, it was just added
}

function isDirect(session: VisitorSession): boolean {
  const { referrerUrl, landingUrl } = session
  return !hasCampaign(session) && (!referrerUrl || originOf(referrerUrl) === originOf(landingUrl))
}

function touchOf(session: VisitorSession): WireTouch {
  const { id, started_at, landing_url, ...source } = wireSession(session)
  return { session_id: id, occurred_at: started_at, url: landing_url, ...source }
}
