/** What a page could not finish when it left: noted in sync storage at once, taken over by whichever page comes next. */
import { toJson } from '../json.ts'
import type { Parts } from '../parts.ts'
import type { Settled } from '../records.ts'
import { isState, joinStates } from '../visitor/state.ts'
import type { Append } from './fallback-storage.ts'
import { readJson } from './sync-storage.ts'

interface Left extends Settled {
  dropped?: Record<string, number>
}

export interface Leftovers {
  /** Notes what storage has not confirmed, the result of so many calls, and the losses that were not reported. */
  note(settled: Settled, calls: number): void
  /** This page has stayed, or has stored them after all. */
  takeBack(): void
  /** Moves the notes of pages that are gone into storage, one by one. */
  adopt(append: Append): Promise<void>
}

const prefix = 'left/'

type LeftoversParts = Pick<Parts, 'syncStorage' | 'takeLosses' | 'giveBack'>

/** `id` distinguishes the note of this page from the others. */
export function createLeftovers(
  { syncStorage, takeLosses, giveBack }: LeftoversParts,
  id: string,
): Leftovers {
  const mine = prefix + id

  // Other code may write anything there: an unreadable note is removed and blocks nothing.
  function take(name: string): void {
    if (syncStorage.read(name) === undefined) return // another page reports its losses by now
    giveBack(readJson<Left>(syncStorage, name)?.dropped)
    syncStorage.write(name)
  }

  return {
    note({ state, events }, calls) {
      take(mine) // a page that is hidden, then closed, leaves twice
      const left: Left = { state, events, dropped: takeLosses() }
      if (calls || left.dropped) syncStorage.write(mine, toJson(left))
    },
    takeBack: () => take(mine),
    async adopt(append) {
      for (const name of syncStorage.names()) {
        if (!name.startsWith(prefix) || name === mine) continue
        const text = syncStorage.read(name)
        const { state, events } = readJson<Left>(syncStorage, name) ?? {}
        if (isState(state) && Array.isArray(events))
          await append((stored) => ({
            state: joinStates(stored, state),
            events: events.filter((event) => event?.json),
          }))
        // The page may still be open and have noted more meanwhile.
        if (syncStorage.read(name) === text) take(name)
      }
    },
  }
}
