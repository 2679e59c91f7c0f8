/** Step 5, attribute: the touches an event proves: its visit's landing, a campaign in its address, or itself. */
import { hasCampaign, parseCampaign } from '@headwater/attribution/campaign'
import { touchKeyText } from '@headwater/attribution/touch'
import type { WireEvent } from '@headwater/contract'
import type { EventSession, EventTouch, Origin } from '../event.ts'
import { readPage, readSource } from './enrich.ts'
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
  if (session && !session.isContinuation && isArrival(session.origin))
    touches.push(landing(session.origin, session.startedAt))
  if (wire.type === 'page' && hasCampaign(parseCampaign(wire.url))) {
    const origin = originOf(wire.url, url)
    if (!session || !isSameCampaign(origin, session.origin)) touches.push(landing(origin, occurredAt))
  }
  if (wire.type === 'touch' && wire.name)
    touches.push(contact(wire.name, originOf(wire.url, url), occurredAt))
  return touches.filter((touch, i) => touches.findIndex(({ key }) => key === touch.key) === i)
}

/**
 * A visit from within is no news. One that tells neither page nor source came over from another subdomain, where only its
 * cookie was known: whoever saw it arrive tells of it.
 */
export function isArrival({ source, page }: Origin): boolean {
  return !source.isFromWithin && !(source.isDirect && !page)
}

/** The page that a visit landed on shows the landing's campaign, though not always its referrer. */
function isSameCampaign(page: Origin, landing: Origin): boolean {
  return touchKeyText(page.source) === touchKeyText({ ...landing.source, referrerDomain: undefined })
}

export function landing(origin: Origin, at: number): EventTouch {
  return { key: touchKey(origin), type: 'landing', at, origin }
}

/** A contact that somebody reports is never direct; where its address names no source, its type tells it apart. */
function contact(type: string, origin: Origin, at: number): EventTouch {
  if (!origin.source.isDirect) return { key: touchKey(origin), type, at, origin }
  const source = { ...origin.source, isDirect: false }
  return { key: hashToUuid(JSON.stringify({ contact: type })), type, at, origin: { ...origin, source } }
}

function originOf(url: string | undefined, storedUrl: string | null): Origin {
  return { source: readSource({ url }), page: readPage(storedUrl) }
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
