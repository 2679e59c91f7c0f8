/** Picks events from lists. */
import type { StoredEvent } from '../records.ts'

/** The events that are not among the others. Copies from storage are other objects, with the same keys. */
export function without(events: StoredEvent[], others: StoredEvent[]): StoredEvent[] {
  return events.filter(({ key }) => !others.some((other) => other.key === key))
}

/** The newest of these events that fit into so many bytes or characters, as `sizeOf` measures their JSON; oldest first. */
export function newestWithin(
  room: number,
  events: StoredEvent[],
  sizeOf: (json: string) => number,
): StoredEvent[] {
  const fits = ({ json }: StoredEvent) => {
    room -= sizeOf(json)
    return room >= 0
  }
  return [...events].reverse().filter(fits).reverse()
}

/** How long a text is on the wire. JSON escapes lone surrogates, the one thing that encodeURI cannot take. */
export function utf8Bytes(json: string): number {
  return encodeURI(json).replace(/%../g, '.').length
}
