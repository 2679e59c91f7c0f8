/** Records how the visitor comes to the app and leaves it. Calls wait at the gate until it is known what opened the app. */
import type { Clock, Ids, Undo } from '../core/ports.ts'
import type { Stamp } from '../core/visitor/draft.ts'
import type { AppEvents } from './app-events.ts'
import type { AppNotes } from './app-note.ts'
import { type AppStateLike, isInBackground, type Switches } from './app-switches.ts'
import type { Gate } from './gate.ts'
import { initialLink, type LinkingLike, watchLinks } from './links.ts'

export interface Visits extends Switches {
  /** The app has started, perhaps in the background. Returns a function that ends watching links. */
  start(): Undo
}

export interface VisitsParts {
  appState: AppStateLike
  /** Absent: links are not recorded. */
  linking: LinkingLike | undefined
  /** Absent: app events are not recorded. */
  events: AppEvents | undefined
  notes: AppNotes
  gate: Gate
  openLink: (url: string, stamp?: Stamp) => void
  clock: Clock
  ids: Ids
}

/** Systems answer within milliseconds; what was called meanwhile is only in memory. */
const limitMs = 2_000

export function createVisits(parts: VisitsParts): Visits {
  const { appState, linking, events, notes, gate, openLink, clock, ids } = parts
  let hasBegun = false
  let begin = (_link?: string) => {}

  function comeFirst(): void {
    hasBegun = true
    const stamp = { key: ids.uuid(), at: clock.now() } // the link comes first, because it opens the session
    const recordOpening = events?.opening()
    let isOver = false
    begin = (link) => {
      if (link) openLink(link, isOver ? undefined : stamp)
      if (isOver) return
      isOver = true
      recordOpening?.()
      gate.open()
    }
    const link = linking && initialLink(linking)
    const cancel = clock.after(limitMs, () => begin())
    Promise.all([link, notes.load()]).then(([found]) => {
      cancel()
      begin(found)
    })
  }

  return {
    start() {
      if (isInBackground(appState)) notes.load().then(gate.open)
      else comeFirst()
      return linking ? watchLinks(linking, openLink) : () => {}
    },
    came() {
      if (hasBegun) events?.returned()
      else comeFirst()
    },
    went() {
      begin()
      events?.left()
    },
  }
}
