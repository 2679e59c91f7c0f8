/** The verbs of a client in an app: those of every client, and those for screens, links and the install referrer. */
import type { Core } from '../core/client.ts'
import type { Settings } from '../core/options.ts'
import type { Clock, Ids, SyncStorage } from '../core/ports.ts'
import type { Stamp } from '../core/visitor/draft.ts'
import { readUserId } from '../core/visitor/identity.ts'
import type { AppClient } from './api.ts'
import type { AppNotes } from './app-note.ts'
import type { Gate } from './gate.ts'
import { recordInLink } from './hand-off.ts'
import { campaignOfReferrer } from './install-referrer.ts'
import type { AppLifecycle } from './lifecycle.ts'
import { createLinkFilter } from './links.ts'

export type AppVerbs = Pick<
  AppClient,
  'track' | 'page' | 'conversion' | 'identify' | 'reset' | 'screen' | 'openLink' | 'installReferrer'
>

export interface AppVerbsParts {
  core: Core
  settings: Settings
  lifecycle: AppLifecycle
  syncStorage: SyncStorage
  notes: AppNotes
  gate: Gate
  clock: Clock
  ids: Ids
  /** The address of the app, ending with a slash. */
  home: string
  /** The hosts whose links may bring a visitor. */
  handOff: readonly string[]
}

/** All verbs wait at the gate. `recordLink` does not: it is for what opens the gate. */
export function createAppVerbs(parts: AppVerbsParts) {
  const { core, settings, lifecycle, syncStorage, notes, gate, clock, ids, home, handOff } = parts
  const { client, recorder, verbsAt } = core
  const { record } = recorder
  const isNewLink = createLinkFilter(clock)
  let userId: string | undefined

  function recordLink(url: unknown, stamp?: Stamp): void {
    if (!isNewLink(url)) return
    const visitor = settings.consent !== 'denied' && recordInLink(url, handOff, clock.now())
    if (visitor) syncStorage.write('id', visitor) // seen just now: of two records the core takes the later one
    lifecycle.at(url, () => record(() => ({ type: 'page', name: 'link_opened' }), stamp))
    // The visitor of the website continues here. Whoever has signed in here stays signed in.
    if (visitor && userId) record(() => ({ type: 'identify', user_id: userId }))
  }

  function recordReferrer(referrer: unknown, stamp: Stamp = { key: ids.uuid(), at: clock.now() }): void {
    const campaign = campaignOfReferrer(referrer)
    if (!campaign || notes.note()?.referrer) return
    notes.changeWith(stamp.key, { referrer: true })
    lifecycle.at(`${home}?${campaign}`, () => record(() => ({ type: 'touch', name: 'app_install' }), stamp))
  }

  const verbs: AppVerbs = {
    track: (...args: [name: string, props?: object]) =>
      gate.pass(args, ([name, props], stamp) => at(stamp).track(name, props as never)), // checked by the caller's compiler
    page: (...args) => gate.pass(args, (kept, stamp) => at(stamp).page(...kept)),
    conversion: (...args) => gate.pass(args, (kept, stamp) => at(stamp).conversion(...kept)),
    identify: (...args) =>
      gate.pass(args, ([id, traits], stamp) => {
        userId = readUserId(id) ?? userId
        at(stamp).identify(id, traits)
      }),
    reset: () =>
      gate.pass([], () => {
        userId = undefined
        client.reset()
      }),
    screen: (...args) =>
      gate.pass(args, ([name, props], stamp) =>
        record((copy) => {
          lifecycle.show(home + encodeURIComponent(name))
          return { type: 'screen', ...copy({ name, props }) }
        }, stamp),
      ),
    openLink: (...args) => gate.pass(args, ([url], stamp) => recordLink(url, stamp)),
    installReferrer: (...args) => gate.pass(args, ([referrer], stamp) => recordReferrer(referrer, stamp)),
  }

  function at(stamp: Stamp | undefined): Pick<AppClient, 'track' | 'page' | 'conversion' | 'identify'> {
    return stamp ? verbsAt(stamp) : client
  }

  return { verbs, recordLink }
}
