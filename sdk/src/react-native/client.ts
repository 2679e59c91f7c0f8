/** A client in an app: builds the six ports, passes them to the core, and adds what only apps have. */
import { createClock } from '../browser/clock.ts'
import { createCore } from '../core/client.ts'
import { createEmitter, type Emitter } from '../core/emitter.ts'
import { hostOf, websiteKeyOf } from '../core/options.ts'
import type { AppClient } from './api.ts'
import { createAppEvents } from './app-events.ts'
import { createAppNotes } from './app-note.ts'
import type { AppStateLike } from './app-switches.ts'
import { createAppVerbs } from './app-verbs.ts'
import { openDevice } from './device.ts'
import { createGate } from './gate.ts'
import { createIds } from './ids.ts'
import { createLifecycle } from './lifecycle.ts'
import type { LinkingLike } from './links.ts'
import { watchNavigation } from './navigation.ts'
import { type AppOptions, readAppOptions } from './options.ts'
import { createTransport } from './transport.ts'
import { createVisits, type Visits } from './visits.ts'

/** The parts of React Native that the SDK uses. */
export interface Native {
  appState: AppStateLike
  linking: LinkingLike
}

/** Starts a client. Throws a ConfigError. */
export function createAppClient(given: AppOptions, { appState, linking }: Native): AppClient {
  const { options, settings } = readAppOptions(given)
  const { app, handOff, storage: store, netInfo, gzip } = options
  const home = `app://${app.id ?? 'app'}/`
  const clock = createClock()
  const ids = createIds(clock)
  const failures = createEmitter(clock)
  const { storage, syncStorage } = openDevice({
    store,
    prefix: `headwater/${hostOf(settings.endpoint)}/${websiteKeyOf(settings.token)}/`,
    clock,
    onRefusal: (cause) => failures.complain('storage_failed', cause, cause),
  })
  const notes = createAppNotes(storage)
  const gate = createGate(clock, ids)
  const lifecycle = createLifecycle({
    home,
    appState,
    netInfo,
    restored: syncStorage.restored,
    switches: { came: () => visits.came(), went: () => visits.went() },
  })
  const transport = createTransport(clock, gzip)
  const core = createCore(settings, { storage, syncStorage, transport, lifecycle, clock, ids })
  const { verbs, recordLink } = createAppVerbs({
    ...{ core, settings, lifecycle, syncStorage, notes, gate, clock, ids, home, handOff },
  })
  const { record } = core.recorder
  const visits: Visits = createVisits({
    ...{ appState, notes, gate, clock, ids, openLink: recordLink },
    linking: options.links ? linking : undefined,
    events: options.appEvents ? createAppEvents({ app, record, notes, ids, clock }) : undefined,
  })
  core.start()
  const unwatch = visits.start()

  return {
    ...core.client,
    ...verbs,
    trackNavigation: (navigation, describe) => watchNavigation(navigation, verbs.screen, describe),
    async flush() {
      await gate.opened
      await core.client.flush()
    },
    async shutdown() {
      gate.open()
      unwatch()
      await core.client.shutdown()
    },
    on: joined(core.client.on, failures.on),
  }
}

/** Listens to both. */
function joined(one: Emitter['on'], other: Emitter['on']): Emitter['on'] {
  return (name, listener) => {
    const undos = [one(name, listener), other(name, listener)]
    return () => {
      for (const undo of undos) undo()
    }
  }
}
