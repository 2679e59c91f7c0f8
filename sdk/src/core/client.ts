/** The client: wires the parts together. */
import type { Client } from './api.ts'
import { createEmitter } from './emitter.ts'
import { createLosses } from './losses.ts'
import { isConsent, type Settings, websiteKeyOf } from './options.ts'
import { createPageViews } from './page-views.ts'
import type { Parts } from './parts.ts'
import type { Ports, Undo } from './ports.ts'
import { createQueue } from './queue/queue.ts'
import { createRecorder, type Recorder } from './record.ts'
import type { State } from './records.ts'
import { createFlusher } from './sending/flush.ts'
import { createVerbs, type Verbs } from './verbs.ts'
import type { Stamp } from './visitor/draft.ts'

/** A client that has not started yet. */
export interface Core {
  client: Client
  /** Records what no verb does: the screens and links of an app. */
  recorder: Recorder
  /** The verbs for a call that was made before there was a client. */
  verbsAt(stamp: Stamp): Verbs
  /** Starts to watch the page. `opening`: key and time of the first page view, where they are known already. */
  start(opening?: Stamp): void
}

/** The settings become the client's own: `setToken` and `consent` change them. */
export function createCore(settings: Settings, ports: Ports): Core {
  const emitter = createEmitter(ports.clock)
  const parts: Parts = { ...ports, ...emitter, ...createLosses(emitter.emit), settings }
  const { complain, lose, on } = parts
  const queue = createQueue(parts, (waiting) => flusher.wake(waiting))
  const flusher = createFlusher(parts, queue)
  const recorder = createRecorder(parts, queue)
  let unwatch: Undo | undefined

  // As false, it has neither id nor session.
  const visitor = () => (settings.consent === 'granted' && queue.visitor()) as State | undefined

  function deny(): void {
    const { count, done } = recorder.forget()
    if (count) lose('consent_denied', { count })
    done.catch((cause) => complain('forget_failed', cause, cause))
  }

  const client: Client = {
    ...createVerbs(parts, recorder),
    reset: recorder.reset,
    consent(state) {
      if (!isConsent(state)) return complain('invalid_consent', state)
      settings.consent = state
      if (state === 'granted') flusher.flush()
      if (state === 'denied') deny()
    },
    anonymousId: () => visitor()?.anonymousId,
    sessionId: () => visitor()?.session?.id,
    stored: queue.inspect,
    forget: async () => void (await recorder.forget().done),
    flush: flusher.flush,
    async shutdown() {
      recorder.close()
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

  function start(opening?: Stamp): void {
    if (settings.consent === 'denied') deny()
    const { flush: resume, leave } = flusher // which also sends what an earlier page has left
    const arrive = settings.autoPage ? createPageViews(parts, recorder, opening) : undefined
    unwatch = ports.lifecycle.watch({ arrive, leave, resume })
  }

  return { client, start, recorder, verbsAt: (stamp) => createVerbs(parts, recorder, stamp) }
}
