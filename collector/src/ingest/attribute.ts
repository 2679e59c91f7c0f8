/** Step 5, attribute: the touches an event proves: its visit's landing, a campaign in its address, or itself. */
import { hasCampaign, parseCampaign } from '@headwater/attribution/campaign'
import { touchKeyText, touchOf } from '@headwater/attribution/touch'
import type { WireEvent } from '@headwater/contract'
import { readPage } from './enrich.ts'
import type { EventSession, EventTouch, Origin } from './event.ts'
import { hashToUuid } from './uuid.ts'

interface Arrival {
  wire: WireEvent
  url: string | null
  occurredAt: number
  session?: EventSession
}

/** The touches of one event; equal ones of one session share a key and are stored once, at the earliest time. */
export function attribute({ wire, url, occurredAt, session }: Arrival): EventTouch[] {
  const touches: EventTouch[] = []
  const add = (type: string, at: number, origin: Origin) =>
    touches.push({ key: touchKey(origin), type, at, origin })

  if (session && !session.origin.source.isFromWithin) add('landing', session.startedAt, session.origin)
  if (wire.type === 'page' && hasCampaign(parseCampaign(wire.url)))
    add('landing', occurredAt, originOf(wire.url, url))
  if (wire.type === 'touch' && wire.name) add(wire.name, occurredAt, originOf(wire.url, url))
  return touches.filter((touch, i) => touches.findIndex(({ key }) => key === touch.key) === i)
}

function originOf(url: string | undefined, storedUrl: string | null): Origin {
  return { source: touchOf({ url }), page: readPage(storedUrl) }
}

// A session's origin is one object for all events of its request: its key is worked out once.
const keys = new WeakMap<Origin, string>()

function touchKey(origin: Origin): string {
  const known = keys.get(origin)
  if (known) return known
  const key = hashToUuid(touchKeyText(origin.source))
  keys.set(origin, key)
  return key
}
