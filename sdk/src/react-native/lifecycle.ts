/** Where in the app the visitor is, and when they leave it and come back. */
import type { Lifecycle, Place } from '../core/ports.ts'
import { type AppStateLike, type Switches, watchSwitches } from './app-switches.ts'
import { type NetInfoLike, watchNetwork } from './net-info.ts'

export interface AppLifecycle extends Lifecycle {
  /** The address of events from now on: that of a screen. */
  show(url: string): void
  /** Runs `record` as if the visitor were at this address. */
  at(url: string, record: () => void): void
}

export interface LifecycleOptions {
  /** The address of the app, before it shows a screen. */
  home: string
  appState: AppStateLike
  netInfo?: NetInfoLike
  /** Resolves when sync storage can be read. */
  restored: Promise<void>
  /** Called before the core hears of the same switch, so that what they record belongs to it. */
  switches: Switches
}

export function createLifecycle(options: LifecycleOptions): AppLifecycle {
  const { home, appState, netInfo, restored, switches } = options
  let here: Place = { url: home }

  return {
    shown: restored,
    place: () => here,
    adCookies: () => ({}),
    show(url) {
      here = { url }
    },
    at(url, record) {
      const before = here
      here = { url }
      record()
      here = before
    },
    watch({ leave, resume }) {
      let isWatching = true
      const undoSwitches = watchSwitches(appState, {
        came() {
          switches.came()
          resume()
        },
        went() {
          switches.went()
          restored.then(() => isWatching && leave()) // what it notes must not be taken for what an earlier start has noted
        },
      })
      const undoNetwork = netInfo && watchNetwork(netInfo, resume)
      restored.then(() => isWatching && resume())
      return () => {
        isWatching = false
        undoSwitches()
        undoNetwork?.()
      }
    },
  }
}
