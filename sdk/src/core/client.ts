/** The client: wires the parts together and turns each verb into an event. */
import type { WireEvent } from '@headwater/contract'
import type { Client, Conversion } from './api.ts'
import { createDrops } from './drops.ts'
import { createDrafter, type Draft, type Fields, type Reset } from './event.ts'
import { createFlusher } from './flush.ts'
import { emailIdentity, readUserId } from './identity.ts'
import { createEmitter, type DropReason, type ErrorCode } from './notices.ts'
import { type Settings, websiteKeyOf } from './options.ts'
import type { Ports } from './ports.ts'
import { createQueue } from './queue.ts'

const pageView = { type: 'page', name: 'page_view' } as const

/** The settings become the client's own: `setToken` changes them. */
export function createCoreClient(settings: Settings, ports: Ports): Client {
  const { clock, ids, lifecycle } = ports
  const { emit, complain, on } = createEmitter(clock)
  const drops = createDrops(emit)
  const queue = createQueue({ ports, drops, complain }, () =>
    flusher.wake(queue.size() < settings.batchSize ? settings.flushIntervalMs : 0),
  )
  const flusher = createFlusher({ ports, settings, queue, drops, emit, complain })
  const draft = createDrafter(ports)
  let isOpen = true

  /** `complete` adds to the event what takes time; until then it, and what comes after it, is not written. */
  function record(fields: Fields, complete?: (event: WireEvent) => Promise<void>): void {
    try {
      const entry = draft(fields)
      entry.ready = complete?.(entry.event)
      take(entry)
    } catch (cause) {
      refuse('invalid_event', cause)
    }
  }

  function take(entry: Draft | Reset): void {
    if (isOpen) queue.take(entry)
    else drops.count('shut_down')
  }

  async function addEmail(event: WireEvent, email: unknown): Promise<void> {
    if (typeof email !== 'string' || !email.trim()) return
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else drops.count('email_not_hashed')
  }

  /** Until a page has its own title it has none: the one that stands there is of the page before. */
  async function addTitle(event: WireEvent, titled: Promise<void>): Promise<void> {
    event.title = undefined
    await titled
    const { url, title } = lifecycle.place()
    if (url === event.url) event.title = title
  }

  function refuse(code: DropReason & ErrorCode, found: unknown): void {
    drops.count(code)
    complain(code, found)
  }

  const client: Client = {
    track: (name: string, props?: object) => record({ type: 'track', name, props }),
    page: (name = pageView.name, props) => record({ type: 'page', name, props }),
    conversion(name: string, details?: Conversion) {
      const { id, revenueCents, currency, props } = details ?? {}
      const worth = { revenue_cents: revenueCents, currency }
      record({ type: 'track', name, props, conversion: true, conversion_id: id, ...worth })
    },
    identify(userId, traits) {
      const id = readUserId(userId)
      if (id) record({ type: 'identify', user_id: id }, (event) => addEmail(event, traits?.email))
      else refuse('illegal_id', userId)
    },
    reset: () => take({ anonymousId: ids.uuid() }),
    flush: flusher.flush,
    async shutdown() {
      isOpen = false
      unwatch()
      await flusher.flush()
      flusher.stop()
    },
    setToken(token) {
      if (websiteKeyOf(token) !== websiteKeyOf(settings.token)) return complain('invalid_token', token)
      settings.token = token
      flusher.restart()
    },
    on,
  }
  const arrive = (titled?: Promise<void>) =>
    record(pageView, titled && ((event: WireEvent) => addTitle(event, titled)))
  // Being shown, the client also sends what an earlier page has left behind.
  const { leave, flush: resume } = flusher
  const unwatch = lifecycle.watch({ arrive: settings.autoPage ? arrive : undefined, leave, resume })
  return client
}
