/** Turns a call into a draft: everything about an event that is known at once. state.ts adds the visitor and the session. */
import { withoutSecrets } from '@headwater/attribution/url'
import type { WireEvent } from '@headwater/contract'
import { hasHook } from '../hook.ts'
import { isoTime } from '../json.ts'
import type { Settings } from '../options.ts'
import type { Parts } from '../parts.ts'

/** What a verb says about its event, in plain JSON. */
export type Fields = Omit<
  WireEvent,
  'idempotency_key' | 'occurred_at' | 'stream' | 'seq' | 'session' | 'touches' | 'props'
> & {
  props?: object
}

/** How the first event of a page load, or of an app start, got there. */
export interface Arrival {
  referrer?: string
  landing?: string
  /** Epoch ms. */
  openedAt: number
}

/** An event that waits for its visitor and its session. */
export interface Draft {
  event: WireEvent
  /** Only the first event of a client has one. */
  arrival?: Arrival
  /** Resolves when the event is complete; absent when it already is. */
  ready?: Promise<void>
}

/** A call of `reset`: later events belong to another visitor. */
export interface Reset {
  anonymousId: string
  /** Epoch ms. */
  at: number
  ready?: undefined
}

/** A call that waits to be written. */
export type Entry = Draft | Reset

/** Key and time (epoch ms) of a call that was made before there was a client. */
export interface Stamp {
  key: string
  at: number
}

type DrafterParts = Pick<Parts, 'clock' | 'ids' | 'lifecycle' | 'settings'>

/** Makes the drafts of one client instance, which share a stream and are numbered within it. */
export function createDrafter({ clock, ids, lifecycle, settings }: DrafterParts) {
  const stream = ids.uuid()
  const clean = (url: string | undefined) => url && withoutSecrets(url, settings.sensitiveKeys)
  let seq = 0

  return (fields: Fields, stamp?: Stamp): Draft => {
    const { url, title, referrer, landing } = lifecycle.place()
    const event: WireEvent = {
      idempotency_key: stamp?.key ?? ids.uuid(),
      occurred_at: isoTime(new Date(stamp?.at ?? clock.now())),
      stream,
      seq: ++seq,
      url: clean(url),
      title,
      ad_cookies: fields.conversion || fields.type === 'identify' ? lifecycle.adCookies() : undefined,
      ...(fields as Pick<WireEvent, 'type'>), // plain JSON
    }
    if (seq > 1) return { event }
    const arrival: Arrival = {
      referrer: standIn(clean(referrer), url, settings),
      // When the page has a hook, the landing is the address that the hook returned.
      landing: hasHook(settings) ? undefined : clean(landing),
      openedAt: clock.openedAt,
    }
    return { event, arrival }
  }
}

/** A site that only passes visitors on counts as the page's own site. */
function standIn(referrer: string | undefined, url: string | undefined, { ignoredReferrers }: Settings) {
  const site = `${originOf(referrer)}`.replace(/:\d+$/, '').replace('//', '.')
  const isIgnored = ignoredReferrers.some((host) => site.endsWith(`.${host}`))
  return isIgnored ? originOf(url) : referrer
}

/** Scheme, host and port of an address. */
export function originOf(url: string | undefined): string | undefined {
  return /^\w+:..[^/?#]+/.exec(url as string)?.[0] // undefined becomes a text without a scheme
}
