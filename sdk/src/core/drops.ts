/** Counts what was lost, by reason, until a delivered batch has reported it to the collector. */
import type { DropReason } from './codes.ts'
import type { Emit } from './emitter.ts'
import type { Notices } from './notices.ts'

/** How many, by reason; undefined when there are none. */
export type Counts = Record<string, number> | undefined

export interface Drops {
  /** Counts one loss, unless `details` says how many; `details` also holds what the collector said. */
  count(reason: DropReason, details?: Partial<Notices['dropped']>): void
  /** The losses that have not been reported. */
  counts(): Counts
  /** The same, to go with a batch or into sync storage: from now on they count as reported. */
  take(): Counts
  /** Counts losses again that could not be reported. */
  giveBack(taken: Counts): void
}

export function createDrops(emit: Emit): Drops {
  let counts: Counts

  function add(reason: string, count: number): void {
    counts = { ...counts, [reason]: (counts?.[reason] ?? 0) + count }
  }

  return {
    count(reason, details) {
      const notice = { reason, count: 1, ...details }
      add(reason, notice.count)
      emit('dropped', notice)
    },
    counts: () => counts,
    take() {
      const taken = counts
      counts = undefined
      return taken
    },
    giveBack(taken = {}) {
      for (const [reason, count] of Object.entries(taken)) add(reason, count)
    },
  }
}
