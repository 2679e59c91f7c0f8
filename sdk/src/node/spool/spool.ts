/**
 * Keeps events in files, so that they survive a killed process. Each client appends to segments of its own, and deletes one
 * when all its events are acknowledged. What is acknowledged in a segment that is not deleted yet is sent again after a crash,
 * and recognised by its key.
 */
import type { Parts } from '../../core/parts.ts'
import type { Ids } from '../../core/ports.ts'
import type { Store } from '../store.ts'
import { createAppender } from './appender.ts'
import { createHome } from './home.ts'
import type { NodeModules } from './node-modules.ts'
import { staleMs } from './owner.ts'
import { createSealed, type SealedParts } from './sealed.ts'
import { adoptSegment, type SegmentPlace } from './segment.ts'

const maxSegmentBytes = 1_000_000
/** Looking for ended processes reads a folder. */
const lookMs = 10_000

export interface SpoolParts extends Pick<Parts, 'clock' | 'lose' | 'complain'> {
  ids: Ids
  modules: NodeModules
  /** All clients of one website have a folder in it. */
  folder: string
  maxBytes: number
  /** Takes what the disk refuses. */
  memory: Store
}

/** Throws when the folder cannot be used. */
export function createSpool(parts: SpoolParts): Store {
  const { clock, complain, memory } = parts
  const attempt: SealedParts['attempt'] = (act, otherwise) => {
    try {
      return act()
    } catch (cause) {
      complain('storage_failed', cause, cause)
      return otherwise
    }
  }
  const { append, adopt, sealed, appender, home } = createFiles(parts, attempt)
  let lookedAt = -Infinity
  let isClosed = false

  function keep(json: string): boolean {
    append(json)
    return true
  }

  return {
    add(json) {
      if (isClosed || !attempt(() => keep(json), false)) {
        attempt(appender.seal, undefined) // the next event tries another file
        return memory.add(json)
      }
      return sealed.drop(sealed.bytes() + appender.bytes() - parts.maxBytes)
    },
    next(limit) {
      if (isClosed) return memory.next(limit)
      let batch = sealed.take(limit)
      if (batch.length < limit) {
        attempt(appender.seal, undefined)
        batch = sealed.take(limit)
      }
      return batch.length > 0 ? batch : memory.next(limit)
    },
    remove(events) {
      sealed.remove(events)
      memory.remove(events)
    },
    size: () => sealed.size() + appender.size() + memory.size(),
    unsaved: memory.unsaved,
    adopt() {
      if (isClosed || clock.now() - lookedAt < lookMs) return
      lookedAt = clock.now()
      attempt(adopt, undefined)
    },
    close() {
      isClosed = true
      attempt(() => {
        appender.seal()
        home.leave()
      }, undefined)
      sealed.clear()
    },
  }
}

/** The files of one client: everything that changes when it has to move into another folder. */
function createFiles(
  { modules, folder, maxBytes, clock, ids, lose }: SpoolParts,
  attempt: SealedParts['attempt'],
) {
  const newName = () => ids.uuid()
  const home = createHome({ modules, folder, clock, newName })
  const place = (name: string): SegmentPlace => ({
    fs: modules.fs,
    folder: home.folder(),
    name,
    onTorn: (count) => lose('invalid_event', { count, message: 'The machine failed while it was written.' }),
  })
  const sealed = createSealed({
    attempt,
    onUnreadable: (count) =>
      lose('invalid_event', { count, message: 'Its file in the spool could not be read.' }),
  })
  const appender = createAppender({
    clock,
    segmentBytes: Math.min(maxSegmentBytes, Math.ceil(maxBytes / 8)),
    newPlace: () => place(`${newName()}.jsonl`),
    onSealed: (segment) => sealed.put([segment], 'after'),
  })

  function keepHome(): void {
    if (!home.keep()) return
    appender.seal()
    sealed.clear() // they belong to another process by now
  }

  return {
    home,
    sealed,
    appender,
    append(json: string): void {
      do {
        keepHome()
        appender.append(json)
        // If it was suspended at this very moment, another process may have taken the file. The key makes a copy harmless.
      } while (home.silentMs() > staleMs / 2)
    },
    adopt(): void {
      keepHome()
      const adopted = home.adopt().map((name) => adoptSegment(place(name)))
      sealed.put(adopted, 'before')
    },
  }
}
