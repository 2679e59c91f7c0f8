/** The client: wires the parts together and turns each verb into an event. */
import type { WireEvent } from '@headwater/contract'
import type { Client, Conversion } from './api.ts'
import { createDrops } from './drops.ts'
import { createDrafter, type Draft, type Fields, type Reset } from './event.ts'
import { createFlusher } from './flush.ts'
import { emailIdentity, readUserId } from './identity.ts'
import { withMemoryFallback } from './memory-storage.ts'
import { createEmitter, type DropReason, type ErrorCode } from './notices.ts'
import { type Settings, websiteKeyOf } from './options.ts'
import type { Ports } from './ports.ts'
import { createQueue } from './queue.ts'

export function createCoreClient(initial: Settings, platform: Ports): Client {
  const settings = { ...initial }
  const { clock, ids, lifecycle } = platform
  const { emit, on } = createEmitter(clock)
  const drops = createDrops(emit)
  const ports = { ...platform, storage: withMemoryFallback(platform.storage, sayStorageFailed) }
  const queue = createQueue({ storage: ports.storage, shown: lifecycle.shown, newId: ids.uuid(), onWritten })
  const flusher = createFlusher({ ports, settings, queue, drops, emit })
  const draft = createDrafter(ports)
  let isOpen = true

  function record(fields: Fields, email?: string): void {
    try {
      const entry = draft(fields)
      if (email) entry.ready = addEmail(entry.event, email)
      take(entry)
    } catch (cause) {
      refuse('invalid_event', `Recording an event: it cannot be written as JSON (${cause}). Pass plain values.`)
    }
  }

  function take(entry: Draft | Reset): void {
    if (!isOpen) drops.count('shut_down')
    else if (!queue.take(entry)) drops.count('queue_full')
  }

  function onWritten(): void {
    flusher.wake(queue.size() >= settings.batchSize ? 0 : settings.flushIntervalMs)
  }

  async function addEmail(event: WireEvent, email: string): Promise<void> {
    const identity = await emailIdentity(email, ids)
    if (identity) event.identities = [identity]
    else drops.count('email_not_hashed')
  }

  function refuse(code: DropReason & ErrorCode, message: string): void {
    drops.count(code)
    emit('error', { code, message })
  }

  function sayStorageFailed(cause: unknown): void {
    const message = `Keeping events on this device: its storage failed (${cause}). They last as long as this page.`
    emit('error', { code: 'storage_failed', message, cause })
  }

  const client: Client = {
    track: (name: string, props?: object) => record({ type: 'track', name, props }),
    page: (name = 'page_view', props) => record({ type: 'page', name, props }),
    conversion(name: string, details?: Conversion) {
      const { id, revenueCents, currency, props } = details ?? {}
      const worth = { revenue_cents: revenueCents, currency }
      record({ type: 'track', name, props, conversion: true, conversion_id: id, ...worth })
    },
    identify(userId, traits) {
      const id = readUserId(userId)
      if (id) return record({ type: 'identify', user_id: id }, traits?.email)
      const found = typeof userId === 'string' ? `'${userId}'` : typeof userId
      refuse('illegal_id', `identify: ${found} is not the id of a person. Call it once you know who signed in.`)
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
      if (websiteKeyOf(token) !== websiteKeyOf(settings.token)) {
        const message = 'setToken: this is no public token of the same website. Make another client for another website.'
        return emit('error', { code: 'invalid_token', message })
      }
      settings.token = token
      void flusher.restart()
    },
    on,
  }
  // Being shown, the client also sends what an earlier page has left behind.
  const arrive = settings.autoPage ? () => client.page() : undefined
  const unwatch = lifecycle.watch({ arrive, leave: flusher.leave, resume: flusher.flush })
  return client
}
