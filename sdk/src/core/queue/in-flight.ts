/** Which events of this page are in flight, and which request may go next. */
import type { StoredEvent } from '../records.ts'
import { without } from './pick.ts'

export interface InFlight {
  /** A request with these events is being prepared. It takes the place of one that was being prepared before. */
  prepare(events: StoredEvent[]): void
  /** The request is about to go. False when another one took its place, or its events were forgotten: do not send it then. */
  depart(events: StoredEvent[]): boolean
  /** The request has ended, well or not. */
  land(events: StoredEvent[]): void
  /** Whether all these events are in flight; not when they were forgotten. */
  has(events: StoredEvent[]): boolean
  /** Those of these events that are not in flight. */
  without(events: StoredEvent[]): StoredEvent[]
  /** How many events are in flight. */
  count(): number
  forget(): void
}

export function createInFlight(): InFlight {
  let prepared: StoredEvent[] | undefined
  let inFlight: StoredEvent[] = []

  return {
    prepare(events) {
      prepared = events
    },
    depart(events) {
      if (prepared !== events) return false
      prepared = undefined
      inFlight = [...inFlight, ...events]
      return true
    },
    land(events) {
      inFlight = without(inFlight, events)
    },
    has: (events) => without(events, inFlight).length === 0,
    without: (events) => without(events, inFlight),
    count: () => inFlight.length,
    forget() {
      prepared = undefined
      inFlight = []
    },
  }
}
