/** Finds the touches of an event: its session's landing, a campaign in its address, or the event itself. */
import { type TouchSource, touchKeyText } from '@headwater/attribution/touch'
import type { WireEvent } from '@headwater/contract'
import type { EventSession, EventTouch, Origin } from '../event.ts'
import { readPage, readSource } from '../landing.ts'
import { hashToUuid } from '../uuid.ts'

interface Arrival {
  wire: WireEvent
  url: string | null
  occurredAt: number
  session?: EventSession
}

const none: readonly EventTouch[] = []

/** The touches of one event. Equal touches of one session share a key and are stored once, at the earliest time. */
export function attribute({ wire, url, occurredAt, session }: Arrival): readonly EventTouch[] {
  const landed = session ? landingsOf(session) : none
  if (wire.type === 'page') {
    const source = readSource({ url: wire.url })
    if (!source.isDirect && !(session && isSameCampaign(source, session.origin.source)))
      return withTouch(landed, landing({ source, page: readPage(url) }, occurredAt))
  }
  if (wire.type === 'touch' && wire.name)
    return withTouch(landed, contact(wire.name, originOf(wire.url, url), occurredAt))
  return landed
}

function withTouch(touches: readonly EventTouch[], touch: EventTouch): readonly EventTouch[] {
  return touches.some(({ key }) => key === touch.key) ? touches : [...touches, touch]
}

// Events that report a session alike share one object, so its touch is computed once.
const landings = new WeakMap<EventSession, readonly EventTouch[]>()

/** The landing touch of a session; none for a continuation, or if the landing is not an arrival. */
function landingsOf(session: EventSession): readonly EventTouch[] {
  const known = landings.get(session)
  if (known) return known
  const { isContinuation, origin, startedAt } = session
  const made = !isContinuation && isArrival(origin) ? [landing(origin, startedAt)] : none
  landings.set(session, made)
  return made
}

/**
 * A session that began on the site itself leaves no touch. A report with neither page nor source comes from another subdomain,
 * which knows only the cookie of the session: the page on which it landed reports the touch.
 */
export function isArrival({ source, page }: Origin): boolean {
  return !source.isFromWithin && !(source.isDirect && !page)
}

/** The landing page shows the campaign of the landing, but not always its referrer. */
function isSameCampaign(page: TouchSource, landing: TouchSource): boolean {
  return touchKeyText(page) === touchKeyText({ ...landing, referrerDomain: undefined })
}

export function landing(origin: Origin, at: number): EventTouch {
  return { key: touchKey(origin), type: 'landing', at, origin }
}

/** A reported contact is never direct; if its address names no source, its type identifies it. */
function contact(type: string, origin: Origin, at: number): EventTouch {
  if (!origin.source.isDirect) return { key: touchKey(origin), type, at, origin }
  const source = { ...origin.source, isDirect: false }
  return { key: hashToUuid(JSON.stringify({ contact: type })), type, at, origin: { ...origin, source } }
}

function originOf(url: string | undefined, storedUrl: string | null): Origin {
  return { source: readSource({ url }), page: readPage(storedUrl) }
}

// The events of a session share one origin object, so its key is computed once.
const keys = new WeakMap<Origin, string>()

function touchKey(origin: Origin): string {
  const known = keys.get(origin)
  if (known) return known
  const key = hashToUuid(touchKeyText(origin.source))
  keys.set(origin, key)
  return key
}
