/** Which events are in flight. An event is in one request of this page at a time. */
import type { StoredEvent } from '../records.ts'

/** A request with its events. */
export interface Flight {
  /** Whether it still has these of its events: another request may have taken them, or they were forgotten. */
  has(events: StoredEvent[]): boolean
  /** From now on its events are in flight. False when it no longer has them all; then it must not be sent. */
  depart(): boolean
  /** The request has ended, well or not. */
  land(): void
}

export interface InFlight {
  /** A request is being prepared. Until it departs, a leaving page may take its events for a request of its own. */
  prepare(events: StoredEvent[]): Flight
  isInFlight(event: StoredEvent): boolean
  /** How many events are in flight or being prepared. */
  count(): number
  /** Takes all events from all requests. */
  forget(): void
}

export function createInFlight(): InFlight {
  type Departing = Flight & { isUnderWay: boolean }
  // By the key of the event. A record instead of a Map: pages declare globals named Map.
  let flights: Record<string, Departing | undefined> = Object.create(null)

  function prepare(events: StoredEvent[]): Flight {
    const flight: Departing = {
      isUnderWay: false,
      has: (some) => some.every(({ key }) => flights[key] === flight),
      depart() {
        flight.isUnderWay = flight.has(events)
        return flight.isUnderWay
      },
      land() {
        for (const { key } of events) if (flights[key] === flight) delete flights[key]
      },
    }
    for (const { key } of events) flights[key] = flight
    return flight
  }

  return {
    prepare,
    isInFlight: ({ key }) => flights[key]?.isUnderWay === true,
    count: () => Object.keys(flights).length,
    forget() {
      flights = Object.create(null)
    },
  }
}
