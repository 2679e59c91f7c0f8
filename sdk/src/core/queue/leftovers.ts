/** What a page could not finish when it left: noted in the journal at once, taken over by whichever page comes next. */

import type { Parts } from '../parts.ts'
import { isState, type Settled } from '../visitor/state.ts'
import { readJson } from './sync-storage.ts'

interface Left extends Settled {
  dropped?: Record<string, number>
}

export interface Leftovers {
  /** Notes what `calls` calls have led to that no store has confirmed, and losses that nobody was told of. */
  note(settled: Settled, calls: number): void
  /** This page has stayed, or has stored them after all. */
  takeBack(): void
  /** Hands what pages that are gone have noted to `append`, each with its state. */
  adopt(append: (settled: Settled) => Promise<unknown>): Promise<void>
}

const prefix = 'left/'

/** `id` tells this page's note from others'. */
export function createLeftovers({ ports: { syncStorage }, drops }: Parts, id: string): Leftovers {
  const mine = prefix + id

  // Anybody may have written there: what nobody can read goes, and holds up nothing.
  function take(name: string): void {
    if (syncStorage.read(name) === undefined) return // another page reports it by now
    drops.giveBack(readJson<Left>(syncStorage, name)?.dropped)
    syncStorage.write(name)
  }

  return {
    note({ state, events }, calls) {
      take(mine) // a page that is hidden, then closed, leaves twice
      const left: Left = { state, events, dropped: drops.take() }
      if (calls || left.dropped) syncStorage.write(mine, JSON.stringify(left))
    },
    takeBack: () => take(mine),
    async adopt(append) {
      for (const name of syncStorage.names()) {
        if (!name.startsWith(prefix) || name === mine) continue
        const text = syncStorage.read(name)
        const { state, events } = readJson<Left>(syncStorage, name) ?? {}
        if (isState(state) && Array.isArray(events))
          await append({ state, events: events.filter((event) => event?.json) })
        // A page that is not gone after all may have noted more since.
        if (syncStorage.read(name) === text) take(name)
      }
    },
  }
}
