/** Appends events to one open segment, and seals it when it is large enough or about to be sent. */
import type { Clock } from '../../core/ports.ts'
import { type OpenSegment, openSegment, type SegmentPlace } from './segment.ts'

/** What a power cut may cost while events come in. */
const syncMs = 1_000

export interface Appender {
  /** The event is in a file when this returns. Throws when the disk refuses it. */
  append(json: string): void
  /** Ends the segment, for example to send what is in it; the next event opens another one. */
  seal(): void
  bytes(): number
  size(): number
}

export interface AppenderParts {
  clock: Clock
  /** A segment is read as a whole. */
  segmentBytes: number
  /** Where the next segment goes. */
  newPlace(): SegmentPlace
  onSealed(segment: OpenSegment): void
}

export function createAppender({ clock, segmentBytes, newPlace, onSealed }: AppenderParts): Appender {
  let open: OpenSegment | undefined
  let syncedAt = -Infinity

  function seal(): void {
    const segment = open
    open = undefined
    segment?.seal()
    if (segment?.size() === 0)
      segment.discard() // the disk has refused its first event
    else if (segment) onSealed(segment)
  }

  return {
    append(json) {
      open ??= openSegment(newPlace())
      open.append(json)
      if (clock.now() - syncedAt > syncMs) {
        open.sync()
        syncedAt = clock.now()
      }
      if (open.bytes() >= segmentBytes) seal()
    },
    seal,
    bytes: () => open?.bytes() ?? 0,
    size: () => open?.size() ?? 0,
  }
}
