/** A server's client: wires the parts together. The rules of sending are those of the core. */
import { outcomeOf } from '@headwater/contract'
import { createIds } from '../browser/ids.ts'
import { createEmitter } from '../core/emitter.ts'
import { createLosses } from '../core/losses.ts'
import type { SendingParts } from '../core/parts.ts'
import type { Answer, Clock, Ids, Undo } from '../core/ports.ts'
import { createSyncStorage } from '../core/queue/sync-storage.ts'
import { createFlusher } from '../core/sending/flush.ts'
import { parseRetryAfter } from '../core/sending/pace.ts'
import type { ServerClient } from './api.ts'
import { createClock, keepAlive } from './clock.ts'
import { createMemoryStore } from './memory-store.ts'
import { createComplaints } from './messages.ts'
import { readOptions, type ServerOptions, type Settings, websiteKeyOf } from './options.ts'
import { createQueue } from './queue.ts'
import { createRecorder } from './record.ts'
import { openSpool } from './spool/open-spool.ts'
import type { Store } from './store.ts'
import { createTransport, type ServerTransport } from './transport.ts'
import { createVerbs } from './verbs.ts'

/** What a server's client needs of its platform. */
export interface ServerPorts {
  clock: Clock
  ids: Ids
  transport: ServerTransport
  keepAlive(): Undo
}

/** How long `shutdown` waits before it tries again. */
const retryMs = 500

/** Throws a ConfigError. */
export function createServerClient(options: ServerOptions, own: Partial<ServerPorts> = {}): ServerClient {
  const settings = readOptions(options)
  const clock = own.clock ?? createClock()
  const ports = {
    clock,
    ids: createIds(clock),
    transport: createTransport(settings.fetch),
    keepAlive,
    ...own,
  }
  const emitter = createEmitter(clock)
  const complaints = createComplaints(emitter, clock)
  const losses = createLosses(emitter.emit)
  const parts = { ...ports, ...emitter, ...complaints, ...losses, settings, syncStorage: createSyncStorage() }
  const store = storeFor(parts)
  const queue = createQueue({ ...parts, store, onKept: (waiting) => flusher.wake(waiting) })
  const flusher = createFlusher(parts, queue)
  const recorder = createRecorder(parts, queue)
  const end = createEnding(parts, store, flusher)
  if (settings.spool) flusher.wake(settings.batchSize) // looks for what earlier processes have left

  return {
    ...createVerbs(parts, recorder),
    flush: flusher.flush,
    shutdown({ timeoutMs = 5_000 } = {}) {
      recorder.close()
      return end(timeoutMs)
    },
    setToken(token) {
      if (websiteKeyOf(token) !== websiteKeyOf(settings.token)) return parts.complain('invalid_token', token)
      settings.token = token
      flusher.restart()
    },
    on: complaints.on,
  }
}

interface ClientParts extends SendingParts, ServerPorts {
  settings: Settings
  transport: ServerTransport
  on: ServerClient['on']
}

function storeFor(parts: ClientParts): Store {
  const memory = createMemoryStore(parts.settings)
  const { spool } = parts.settings
  return spool ? openSpool(spool, parts, memory) : memory
}

/** Returns what `shutdown` does: delivers until nothing waits, nothing helps, or the time is up. */
function createEnding(parts: ClientParts, store: Store, flusher: ReturnType<typeof createFlusher>) {
  const { clock, transport, lose } = parts
  let last: Answer = { status: 200 }
  let ended: Promise<void> | undefined
  parts.on('answered', ({ answer }) => {
    last = answer
  })

  function mayHelp(msLeft: number): boolean {
    const isRefused = /^(stop|hold)$/.test(outcomeOf(last.status))
    return msLeft > 0 && !isRefused && parseRetryAfter(last.retryAfter, clock.now()) < msLeft
  }

  async function end(timeoutMs: number): Promise<void> {
    const endsAt = clock.now() + timeoutMs
    const release = parts.keepAlive()
    const cancel = clock.after(timeoutMs, transport.stop)
    await flusher.flush()
    while (store.size() > 0 && mayHelp(endsAt - clock.now())) {
      await new Promise<void>((resolve) => clock.after(retryMs, resolve))
      await flusher.flush()
    }
    cancel()
    transport.stop()
    flusher.stop()
    const unsaved = store.unsaved()
    if (unsaved > 0) lose('shut_down', { count: unsaved })
    store.close()
    release()
  }

  return (timeoutMs: number): Promise<void> => {
    ended ??= end(timeoutMs)
    return ended
  }
}
