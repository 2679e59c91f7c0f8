/** The segments to which nothing is appended any more, oldest first: what is sent. */
import type { StoredEvent } from '../../core/records.ts'
import { batchOf } from '../store.ts'
import type { Segment } from './segment.ts'

export interface Sealed {
  /** After the others, or before them if they are of an earlier process. */
  put(segments: Segment[], place: 'after' | 'before'): void
  /** As `Store.next`. */
  take(limit: number): StoredEvent[]
  /** As `Store.remove`. */
  remove(events: readonly StoredEvent[]): void
  /** Drops the oldest until so many bytes are free again. Returns how many events these were. */
  drop(bytes: number): number
  bytes(): number
  /** As `Store.size`. */
  size(): number
  /** Another process has them. */
  clear(): void
}

export interface SealedParts {
  /** Does what may fail on a disk; returns `otherwise` when it does. */
  attempt<Result>(act: () => Result, otherwise: Result): Result
  /** A segment with so many events could not be read. */
  onUnreadable(count: number): void
}

export function createSealed({ attempt, onUnreadable }: SealedParts): Sealed {
  const segments = new Map<string, Segment>() // by their names
  let taken = new Set<string>() // segments that are perhaps acknowledged by now, so they are not dropped

  function* events(): Iterable<StoredEvent> {
    for (const segment of [...segments.values()]) {
      const read = attempt(() => segment.events(), undefined)
      if (!read) {
        segments.delete(segment.name)
        onUnreadable(segment.size())
      }
      yield* read ?? []
    }
  }

  const sum = (of: (segment: Segment) => number) => {
    let total = 0
    for (const segment of segments.values()) total += of(segment)
    return total
  }

  return {
    put(more, place) {
      const before = place === 'before' ? [...segments.values()] : []
      if (before.length > 0) segments.clear()
      for (const segment of [...more, ...before]) segments.set(segment.name, segment)
    },
    take(limit) {
      const batch = batchOf(events(), limit)
      taken = new Set(batch.map(segmentOf))
      return batch
    },
    remove(gone) {
      for (const event of gone) {
        const segment = segments.get(segmentOf(event))
        // A file that cannot be deleted is sent again by the next process, and recognised by its keys.
        if (segment && attempt(() => segment.remove(event.key), true)) segments.delete(segment.name)
      }
    },
    drop(bytes) {
      let dropped = 0
      for (const segment of [...segments.values()]) {
        if (bytes <= 0) break
        if (taken.has(segment.name)) continue
        bytes -= segment.bytes()
        dropped += attempt(() => segment.discard(), segment.size())
        segments.delete(segment.name)
      }
      return dropped
    },
    bytes: () => sum((segment) => segment.bytes()),
    size: () => sum((segment) => segment.size()),
    clear: () => segments.clear(),
  }
}

/** The name of its segment: see `readSegment`. */
const segmentOf = ({ key }: StoredEvent) => key.split('/')[0] ?? ''
