/** Turns a call into a draft: everything about an event that is known at once; state.ts adds who and in which visit. */
import { withoutSecrets } from '@headwater/attribution/url'
import type { WireEvent } from '@headwater/contract'
import type { Settings } from '../options.ts'
import type { Ports } from '../ports.ts'

/** What a verb says about its event. */
export type Fields = Omit<
  WireEvent,
  'idempotency_key' | 'occurred_at' | 'stream' | 'seq' | 'session' | 'touches' | 'props'
> & {
  props?: object
}

/** An event that waits for its visitor and its visit. */
export interface Draft {
  event: WireEvent
  /** The first of a page load, or start of the app: where that came from, by which address, and when. */
  arrival?: { referrer?: string; landing?: string; openedAt: number }
  /** Resolves when the event is complete; absent when it already is. */
  ready?: Promise<void>
}

/** A call of reset(): from here on it is someone else. */
export interface Reset {
  anonymousId: string
  /** Epoch ms. */
  at: number
  ready?: undefined
}

/** A call that was made before there was a client: its key and its time, epoch ms. */
export interface Moment {
  key: string
  at: number
}

/** Makes the drafts of one client instance, which share a stream and count within it. */
export function createDrafter({ clock, ids, lifecycle }: Ports, settings: Settings) {
  const stream = ids.uuid()
  const clean = (url: string | undefined) => url && withoutSecrets(url, settings.sensitiveKeys)
  let seq = 0

  return (fields: Fields, moment?: Moment): Draft => {
    const { url, title, referrer, landing } = lifecycle.place()
    // As JSON sees it now: what the caller changes later has no effect.
    const said: Pick<WireEvent, 'type'> = JSON.parse(JSON.stringify(fields))
    const event: WireEvent = {
      idempotency_key: moment?.key ?? ids.uuid(),
      occurred_at: new Date(moment?.at ?? clock.now()).toISOString(),
      stream,
      seq: ++seq,
      url: clean(url),
      title,
      ad_cookies: fields.conversion || fields.type === 'identify' ? lifecycle.adCookies() : undefined,
      ...said,
    }
    if (seq > 1) return { event }
    // Where the page has a hook, the address is what that makes of it, the landing's too.
    return {
      event,
      arrival: {
        referrer: standIn(clean(referrer), url, settings),
        landing: settings.before ? undefined : clean(landing),
        openedAt: clock.openedAt,
      },
    }
  }
}

/**
 * What the page's own hook makes of an event, as JSON sees it; undefined: it is dropped. What tells the event apart stays
 * as it is. Throws as the hook does, and where no event came back.
 */
export function passThrough(before: Settings['before'], event: WireEvent): WireEvent | undefined {
  if (!before) return event
  const { idempotency_key, stream, seq, occurred_at, type } = event
  const answer = before(event)
  if (!answer) return undefined
  if (answer.type !== type) throw new Error('it answered no event of this type')
  return JSON.parse(JSON.stringify({ ...answer, idempotency_key, stream, seq, occurred_at }))
}

/** A site that only passes visitors on counts as the page's own. */
function standIn(referrer: string | undefined, url: string | undefined, { ignoredReferrers }: Settings) {
  const site = `${originOf(referrer)}`.replace(/:\d+$/, '')
  const isIgnored = ignoredReferrers.some((host) => site.endsWith(`//${host}`) || site.endsWith(`.${host}`))
  return isIgnored ? originOf(url) : referrer
}

/** Scheme, host and port of an address. */
export function originOf(url: string | undefined): string | undefined {
  return /^\w+:..[^/?#]+/.exec(`${url}`)?.[0]
}
