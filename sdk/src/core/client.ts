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

/** The settings become the client's own: `setToken` changes them. */
export function createCoreClient(settings: Settings, ports: Ports): Client {
  const { clock, ids, lifecycle } = ports
  const { emit, on } = createEmitter(clock)
  const drops = createDrops(emit)
  const queue = createQueue(ports, emit, () =>
    flusher.wake(queue.size() < settings.batchSize ? settings.flushIntervalMs : 0),
  )
  const flusher = createFlusher({ ports, settings, queue, drops, emit })
  const draft = createDrafter(ports)
  let isOpen = true

  function record(fields: Fields, email?: unknown): void {
    try {
      const entry = draft(fields)
      if (typeof email === 'string' && email.trim()) entry.ready = addEmail(entry.event, email)
      take(entry)
    } catch (cause) {
      refuse('invalid_event', `Events must be JSON: ${cause}`)
    }
  }

  function take(entry: Draft | Reset): void {
    if (!isOpen) drops.count('shut_down')
    else if (!queue.take(entry)) drops.count('queue_full')
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
      if (id) record({ type: 'identify', user_id: id }, traits?.email)
      else refuse('illegal_id', `identify: ${readable(userId)} is no id. Call it when someone has signed in`)
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
        return emit('error', {
          code: 'invalid_token',
          message: 'setToken: must be a public token of this website',
        })
      }
      settings.token = token
      flusher.restart()
    },
    on,
  }
  // Being shown, the client also sends what an earlier page has left behind.
  const arrive = settings.autoPage ? () => client.page() : undefined
  const unwatch = lifecycle.watch({ arrive, leave: flusher.leave, resume: flusher.flush })
  return client
}

function readable(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value // some values throw when they are made text
}
