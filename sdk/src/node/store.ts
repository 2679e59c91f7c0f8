/** Where events wait until the collector has acknowledged them. */
import type { StoredEvent } from '../core/records.ts'

export interface Store {
  /** Keeps an event. Returns how many older ones were dropped to make room. */
  add(json: string): number
  /** The oldest events, at most so many. They are not dropped for lack of room before the next call. */
  next(limit: number): StoredEvent[]
  /** Deletes these events; unknown ones are no error. */
  remove(events: readonly StoredEvent[]): void
  /** How many events wait; an estimate for what ended processes have left. */
  size(): number
  /** How many of them would not survive the process. */
  unsaved(): number
  /** Takes over what ended processes have left behind. */
  adopt(): void
  /** Leaves what waits to other processes, where that is possible. */
  close(): void
}

/** Characters of JSON in one request: below the collector's 1 MB even when nothing is compressed. */
const maxBatchChars = 900_000

/** As many of these events as fit into one request; at least one, if there is one. */
export function batchOf(events: Iterable<StoredEvent>, limit: number): StoredEvent[] {
  const batch: StoredEvent[] = []
  let room = maxBatchChars
  for (const event of events) {
    room -= event.json.length
    if (batch.length === limit || (room < 0 && batch.length > 0)) break
    batch.push(event)
  }
  return batch
}
