/** The client: wires the parts together and turns each verb into an event. */
import type { WireEvent } from '@headwater/contract'
import type { Client, Conversion } from './api.ts'
import { createDrops } from './drops.ts'
import { createEmitter, type DropReason, type ErrorCode } from './notices.ts'
import { isConsent, type Settings, websiteKeyOf } from './options.ts'
import type { Ports, Undo } from './ports.ts'
import { createQueue } from './queue/queue.ts'
import { createFlusher } from './sending/flush.ts'
import { createDrafter, type Fields, type Moment, passThrough } from './visitor/draft.ts'
import { emailIdentity, readUserId } from './visitor/identity.ts'

const pageView = { type: 'page', name: 'page_view' } as const

/** A client, and the way to let calls count that were made before it. */
export interface Core {
  client: Client
  /** The event that `call` records has this key and this time, where they are known. */
  at(moment: Moment | undefined, call: () => void): void
  /** From here on it hears of the page. `opening`: the first event's key and time, where the page knows them already. */
  start(opening?: Moment): void
}

/** The settings become the client's own: `setToken` and `consent` change them. */
export function createCore(settings: Settings, ports: Ports): Core {
  const { clock, ids, lifecycle } = ports
  const notices = createEmitter(clock)
  const { emit, complain, on } = notices
  const drops = createDrops(emit)
  const parts = { ports, settings, drops, notices }
  const queue = createQueue(parts, () =>
    flusher.wake(queue.size() < settings.batchSize ? settings.flushIntervalMs : 0),
  )
  const flusher = createFlusher(parts, queue)
  let draft = createDrafter(ports, settings)
  let moment: Moment | undefined
  let isOpen = true
  let unwatch: Undo | undefined

  /** `complete` adds to the event what takes time; until then it, and what comes after it, is not written. */
  function record(say: () => Fields, complete?: (event: WireEvent) => Promise<void>): void {
    let fault: DropReason & ErrorCode = 'invalid_event'
    try {
      if (!isListening()) return
      const { event: drafted, arrival } = draft(say(), moment)
      fault = 'before_failed'
      const event = passThrough(settings.before, drafted)
      if (!event) {
        drops.count('before')
        return
      }
      emit('recorded', { event })
      queue.take({ event, arrival, ready: complete?.(event) })
    } catch (cause) {
      refuse(fault, cause)
    }
  }

  function at(early: Moment | undefined, call: () => void): void {
    moment = early
    call()
    moment = undefined
  }

  function isListening(): boolean {
    if (!isOpen) drops.count('shut_down')
    else if (settings.consent === 'denied') emit('dropped', { reason: 'consent_denied', count: 1 })
    else return true
    return false
  }

  async function addEmail(event: WireEvent, email: unknown): Promise<void> {
    if (typeof email !== 'string' || !email.trim()) return
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else drops.count('email_not_hashed')
  }

  /** Until a page has its own title it has none. A hook has seen it without, and has the last word on what is stored. */
  async function addTitle(event: WireEvent, titled: Promise<void>): Promise<void> {
    event.title ||= undefined
    const { url } = lifecycle.place()
    await titled
    const here = lifecycle.place()
    if (!settings.before && here.url === url) event.title = here.title
  }

  function refuse(code: DropReason & ErrorCode, found: unknown): void {
    drops.count(code)
    complain(code, found)
  }

  /** What comes after it is another visitor's, whom nothing connects with this one. */
  function forget() {
    draft = createDrafter(ports, settings)
    return queue.forget()
  }

  function deny(): void {
    const { count, done } = forget()
    if (count > 0) emit('dropped', { reason: 'consent_denied', count })
    done.catch((cause) => complain('storage_failed', cause, cause))
  }

  const client: Client = {
    track: (name: string, props?: object) => record(() => ({ type: 'track', name, props })),
    page: (name = pageView.name, props) => record(() => ({ type: 'page', name, props })),
    conversion: (name: string, details?: Conversion) =>
      record(() => {
        const { id, revenueCents, currency, props } = details ?? {}
        const worth = { revenue_cents: revenueCents, currency }
        return { type: 'track', name, props, conversion: true, conversion_id: id, ...worth }
      }),
    identify(userId, traits) {
      const id = readUserId(userId)
      if (id)
        record(
          () => ({ type: 'identify', user_id: id }),
          (event) => addEmail(event, traits?.email),
        )
      else refuse('illegal_id', userId)
    },
    reset: () => void (isListening() && queue.take({ anonymousId: ids.uuid(), at: clock.now() })),
    consent(state) {
      if (!isConsent(state)) return complain('invalid_consent', state)
      settings.consent = state
      if (state === 'granted') flusher.flush()
      if (state === 'denied') deny()
    },
    stored: queue.inspect,
    async forget() {
      await forget().done
    },
    flush: flusher.flush,
    async shutdown() {
      isOpen = false
      await flusher.flush() // until then the page may be left
      unwatch?.()
      flusher.stop()
    },
    setToken(token) {
      if (websiteKeyOf(token) !== websiteKeyOf(settings.token)) return complain('invalid_token', token)
      settings.token = token
      flusher.restart()
    },
    on,
  }

  function start(opening?: Moment): void {
    if (settings.consent === 'denied') deny()
    const arrive = (titled?: Promise<void>) => {
      at(opening, () => {
        if (!titled) record(() => pageView)
        // The title that stands there is of the page before.
        else
          record(
            () => ({ ...pageView, title: '' }),
            (event) => addTitle(event, titled),
          )
      })
      opening = undefined
    }
    // Being shown, the client also sends what an earlier page has left behind.
    const { leave, flush: resume } = flusher
    unwatch = lifecycle.watch({ arrive: settings.autoPage ? arrive : undefined, leave, resume })
  }

  return { client, at, start }
}
