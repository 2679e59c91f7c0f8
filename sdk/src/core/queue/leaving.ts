/** What a page does when it may be going: notes what storage has not confirmed, and chooses which events it sends itself. */
import type { Parts } from '../parts.ts'
import type { StoredEvent } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import { joinStates } from '../visitor/state.ts'
import type { Visitor } from '../visitor/visitor.ts'
import type { Append } from './fallback-storage.ts'
import type { InFlight } from './in-flight.ts'
import { createLeftovers } from './leftovers.ts'

/** A leaving page can send 60 kB, and no event is under 300 B: it has no use for more than these. */
const maxOwn = 200

export interface Leaving {
  /** Storage has these events of this page; the page may have to send them itself. */
  keep(events: StoredEvent[]): void
  /** These events are gone from storage. */
  drop(events: StoredEvent[]): void
  /** Forgets all events of this page. */
  forget(): void
  /**
   * The page may be going with these calls unwritten: notes them for the next page. Returns this page's newest events
   * that are neither acknowledged nor in flight, as many as fit into `bytes`, oldest first.
   */
  leave(unwritten: readonly Entry[], bytes: number): StoredEvent[]
  /** The page is still there, with every call written: takes its note back. */
  stay(): void
  /** Moves into storage what pages that are gone have noted. */
  adopt(append: Append): Promise<void>
}

export function createLeaving(parts: Parts, visitor: Visitor, inFlight: InFlight): Leaving {
  const { note, takeBack, adopt } = createLeftovers(parts, parts.ids.uuid())
  let own: StoredEvent[] = []

  return {
    keep(events) {
      own = [...own, ...events].slice(-maxOwn)
    },
    drop(events) {
      const gone = events.map(({ key }) => key)
      own = own.filter(({ key }) => !gone.includes(key))
    },
    forget() {
      own = []
    },
    leave(unwritten, bytes) {
      if (visitor.wasForgottenElsewhere()) own = []
      // From memory and from the id record, because a page that is going cannot wait for storage.
      const settled = visitor.settle(visitor.known(), unwritten)
      if (unwritten.length > 0) visitor.leave(settled.state)
      note(settled, unwritten.length)
      return newestWithin(
        bytes,
        [...own, ...settled.events].filter((event) => !inFlight.isInFlight(event)),
      )
    },
    stay: takeBack,
    adopt: (append) =>
      adopt(({ state: left, events }) => append((stored) => ({ state: joinStates(stored, left), events }))),
  }
}

// The newest first, because they are the ones that may not have reached storage.
function newestWithin(bytes: number, events: StoredEvent[]): StoredEvent[] {
  const fits = ({ json }: StoredEvent) => {
    bytes -= utf8Bytes(json) + 1 // and a comma
    return bytes >= 0
  }
  return events.reverse().filter(fits).reverse()
}

/** How long a text is on the wire. JSON escapes lone surrogates, the one thing that encodeURI cannot take. */
export function utf8Bytes(json: string): number {
  return encodeURI(json).replace(/%../g, '.').length
}
