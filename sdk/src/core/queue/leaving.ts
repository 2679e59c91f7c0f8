/** What a page does when it may be going: notes what storage has not confirmed, and chooses which events it sends itself. */
import type { Parts } from '../parts.ts'
import type { StoredEvent } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import type { Visitor } from '../visitor/visitor.ts'
import { createLeftovers, type Leftovers } from './leftovers.ts'
import { without } from './pick.ts'

/** A leaving page can send 60 kB, and no event is under 300 B: it has no use for more than these. */
const maxOwn = 200

export interface Leaving extends Pick<Leftovers, 'adopt'> {
  /** Storage has these events of this page; the page may have to send them itself. */
  keep(events: StoredEvent[]): void
  /** These events are gone from storage; without any, all of them. */
  drop(events?: StoredEvent[]): void
  /**
   * The page may be going with these calls unwritten: notes them for the next page. Returns this page's events that are
   * not acknowledged, oldest first.
   */
  leave(unwritten: readonly Entry[]): StoredEvent[]
  /** The page is still there, with these calls unwritten: what it has noted stays until they are written. */
  stay(unwritten: readonly Entry[]): void
}

export function createLeaving(parts: Parts, visitor: Visitor): Leaving {
  const leftovers = createLeftovers(parts, parts.ids.uuid())
  let own: StoredEvent[] = []

  return {
    ...leftovers,
    keep(events) {
      own = [...own, ...events].slice(-maxOwn)
    },
    drop(events = own) {
      own = without(own, events)
    },
    stay(unwritten) {
      if (unwritten.length === 0) leftovers.takeBack()
    },
    leave(unwritten) {
      const settled = visitor.leave(unwritten)
      if (!visitor.known()) own = [] // another page has forgotten the visitor
      leftovers.note(settled, unwritten.length)
      return [...own, ...settled.events]
    },
  }
}
