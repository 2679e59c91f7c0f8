/** Writes calls to storage, in their order. */
import type { Parts } from '../parts.ts'
import { readable } from '../readable.ts'
import type { Settled } from '../records.ts'
import type { Entry } from '../visitor/draft.ts'
import type { Visitor } from '../visitor/visitor.ts'
import type { Append } from './fallback-storage.ts'
import type { Leaving } from './leaving.ts'

/** Calls that may wait for storage, or for consent: about 10 MB of memory. No page makes so many in good faith. */
const maxWaiting = 10_000

export interface Writer {
  /** Takes a call, to be written in order; counts it as lost when too many wait already. */
  take(entry: Entry): void
  /** The calls that are not written yet, oldest first. */
  waiting(): readonly Entry[]
  /** Writes what waited for consent. */
  writeWaiting(): void
  /** Resolves when everything taken so far is written, or cannot be. */
  written(): Promise<void>
  /** Forgets the waiting calls. Nothing more is written until `cleared` has settled. */
  forget(cleared: Promise<unknown>): void
}

interface Needs {
  append: Append
  visitor: Visitor
  leaving: Leaving
  onWritten: (settled: Settled) => void
}

export function createWriter(
  { lifecycle, settings, drops }: Parts,
  { append, visitor, leaving, onWritten }: Needs,
): Writer {
  const entries: Entry[] = []
  let writing = Promise.resolve()
  let clearing: Promise<unknown> = Promise.resolve()
  let forgotten = 0 // how often; what was begun before leaves nothing behind

  function writeWaiting(): void {
    if (entries.length > 0) writing = writing.then(write).catch(lose)
  }

  // What is taken while a transaction runs shares the next one, so a burst costs a few transactions, not one per event.
  async function write(): Promise<void> {
    await lifecycle.shown
    await clearing
    const isGranted = () => settings.consent === 'granted'
    // The session continues that of the page before, which may have left in a hurry.
    if (!visitor.known() && isGranted()) await leaving.adopt(append)
    const begun = forgotten
    const batch = [...entries]
    await Promise.allSettled(batch.map(({ ready }) => ready)) // an event is worth more than what could not be added to it
    if (begun !== forgotten || !isGranted() || batch.length === 0) return
    const settled = await append((stored) => visitor.settle(stored, batch))
    if (begun !== forgotten) return
    entries.splice(0, batch.length)
    visitor.remember(settled.state)
    leaving.keep(settled.events)
    if (entries.length === 0) leaving.stay()
    writeWaiting()
    onWritten(settled)
  }

  // Not even memory could take them, and it would not the next time. They must not hold up what comes after them.
  function lose(cause: unknown): void {
    drops.count('invalid_event', { count: entries.splice(0).length, message: readable(cause) })
  }

  return {
    take(entry) {
      if (entries.length >= maxWaiting) drops.count('queue_full')
      else if (entries.push(entry) === 1) writeWaiting()
    },
    waiting: () => entries,
    writeWaiting,
    async written() {
      await writing
      await writing // the next one has what this one came too early for
    },
    forget(cleared) {
      forgotten++
      entries.length = 0
      clearing = cleared.catch(() => {}) // the caller hears of it
    },
  }
}
