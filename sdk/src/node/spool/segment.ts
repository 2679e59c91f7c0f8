/** A segment: a file to which one process appends events, one a line, and which is deleted when all of them are acknowledged. */
import type { StoredEvent } from '../../core/records.ts'
import type { NodeModules } from './node-modules.ts'

type FileSystem = NodeModules['fs']

export interface Segment {
  name: string
  /** As far as this process has written or read it. */
  bytes(): number
  /** How many events are not acknowledged; an estimate while a segment of another process is not read. */
  size(): number
  /** They are read when they are asked for. Throws when the file cannot be read. */
  events(): Iterable<StoredEvent>
  /** Deletes an event; the file too, when it was the last one. Returns whether the file is gone. */
  remove(key: string): boolean
  /** Deletes the file. Returns how many events it still had. */
  discard(): number
}

export interface OpenSegment extends Segment {
  /** The event is in the file, if not on the disk, when this returns. Throws when there is no room. */
  append(json: string): void
  /** Forces what was written to the disk, without waiting for it. */
  sync(): void
  /** Nothing is appended any more. */
  seal(): void
}

export interface SegmentPlace {
  fs: FileSystem
  folder: string
  name: string
  /** So many lines were no events: the machine has failed while they were written. */
  onTorn(lines: number): void
}

/** What is known of a segment before it is read. */
interface Known {
  bytes: number
  count: number
}

/** Of an event; for segments that are not read yet. */
const usualBytes = 500

/** A segment that another process has written. */
export function adoptSegment(place: SegmentPlace): Segment {
  const { size } = place.fs.statSync(`${place.folder}/${place.name}`)
  return readSegment(place, { bytes: size, count: Math.ceil(size / usualBytes) })
}

function readSegment({ fs, folder, name, onTorn }: SegmentPlace, known: Known): Segment {
  const path = `${folder}/${name}`
  let { bytes } = known
  let lines = 0
  let read: Map<string, StoredEvent> | undefined

  /** What was written since the last time. */
  function load(): Map<string, StoredEvent> {
    const content = fs.readFileSync(path)
    bytes = content.length
    const texts = content.toString().split('\n')
    const end = texts.pop() ? 1 : 0 // a line without its end
    const events = new Map<string, StoredEvent>()
    let torn = end
    for (const [index, json] of texts.entries()) {
      const key = `${name}/${index}`
      if (index < lines) continue
      if (/^\{.*\}$/.test(json)) events.set(key, { key, json })
      else torn++
    }
    lines = texts.length + end
    if (torn > 0) onTorn(torn)
    return events
  }

  const loaded = () => {
    read ??= load()
    return read
  }

  function discard(): number {
    const left = loaded().size
    fs.rmSync(path, { force: true })
    return left
  }

  return {
    name,
    bytes: () => bytes,
    size: () => read?.size ?? known.count,
    events: () => loaded().values(),
    remove(key) {
      const events = loaded()
      events.delete(key)
      if (events.size > 0) return false
      // A process that was taken for dead may have written to it meanwhile.
      if (fs.statSync(path, { throwIfNoEntry: false })?.size !== bytes) read = load()
      if (loaded().size === 0) discard()
      return loaded().size === 0
    },
    discard,
  }
}

/** A new segment of this process. */
export function openSegment(place: SegmentPlace): OpenSegment {
  const { fs, folder, name } = place
  const fd = fs.openSync(`${folder}/${name}`, 'ax', 0o600) // user ids are in it
  let bytes = 0
  let count = 0
  let sealed: Segment | undefined
  let syncs = 0

  const now = (): Segment => {
    if (!sealed) throw new Error('the segment is still open')
    return sealed
  }

  function sync(): void {
    syncs++
    fs.fdatasync(fd, () => {
      syncs--
      if (sealed && syncs === 0) fs.close(fd, () => {}) // a failure here costs durability in a power cut, and nothing else
    })
  }

  return {
    name,
    bytes: () => (sealed ? sealed.bytes() : bytes),
    size: () => (sealed ? sealed.size() : count),
    events: () => now().events(),
    remove: (key) => now().remove(key),
    discard: () => now().discard(),
    append(json) {
      const line = Buffer.from(`${json}\n`)
      try {
        const written = fs.writeSync(fd, line)
        if (written < line.length) throw new Error(`only ${written} of ${line.length} bytes could be written`)
      } catch (error) {
        fs.ftruncateSync(fd, bytes) // the file ends with a whole line
        throw error
      }
      bytes += line.length
      count++
    },
    sync,
    seal() {
      if (sealed) return
      sealed = readSegment(place, { bytes, count })
      sync()
    },
  }
}
