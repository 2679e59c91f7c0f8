/** Writes calls to storage, in their order. */
import type { Parts } from '../parts.ts'
import { readable } from '../readable.ts'
import type { Settled } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import type { Visitor } from '../visitor/visitor.ts'
import type { Append } from './fallback-storage.ts'

/** Calls that may wait for storage, or for consent: about 10 MB of memory. No page makes so many in good faith. */
const maxWaiting = 10_000

export interface Writer {
  /** Takes a call, to be written in order; counts it as lost when too many wait already. */
  take(entry: Entry): void
  /** The calls that are not written yet, oldest first. */
  waiting(): readonly Entry[]
  /** Writes what waits. Resolves when everything taken so far is written, or cannot be. */
  write(): Promise<void>
  /** Forgets the waiting calls. Nothing more is written until `cleared` has settled. */
  forget(cleared: Promise<unknown>): void
}

export interface Writing {
  append: Append
  /** Comes before the first write: the session continues that of the page before, which may have left in a hurry. */
  begin(): Promise<void>
  end(written: Settled): void
}

export function createWriter(
  { lifecycle, settings, lose }: Parts,
  visitor: Visitor,
  { append, begin, end }: Writing,
): Writer {
  const entries: Entry[] = []
  let writing = Promise.resolve()
  let clearing: Promise<unknown> = Promise.resolve()
  const isGranted = () => settings.consent === 'granted'

  function writeNext(): void {
    if (entries.length > 0) writing = writing.then(write).catch(giveUp)
  }

  // What is taken while a transaction runs shares the next one, so a burst costs a few transactions, not one per event.
  async function write(): Promise<void> {
    await lifecycle.shown
    await clearing
    if (!visitor.known() && isGranted()) await begin()
    const begun = clearing
    const batch = [...entries]
    for (const { ready } of batch) await ready?.catch(() => {}) // the event is kept without what could not be added
    if (begun !== clearing || !isGranted() || batch.length === 0) return
    const settled = await append((stored) => visitor.settle(stored, batch))
    if (begun !== clearing) return
    entries.splice(0, batch.length)
    visitor.remember(settled.state)
    writeNext()
    end(settled)
  }

  // Not even memory could take them, and a retry would fail as well. They must not block later calls.
  function giveUp(cause: unknown): void {
    lose('invalid_event', { count: entries.splice(0).length, message: readable(cause) })
  }

  return {
    take(entry) {
      if (entries.length >= maxWaiting) lose('queue_full')
      else if (entries.push(entry) === 1) writeNext()
    },
    waiting: () => entries,
    async write() {
      writeNext() // what waited for consent
      await writing
      await writing // the next one writes what was taken too late for this one
    },
    forget(cleared) {
      entries.length = 0
      clearing = cleared.catch(() => {}) // the caller handles the failure
    },
  }
}
