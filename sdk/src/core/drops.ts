/** Counts what was lost, by reason, until a delivered batch has told the collector. */
import type { DropReason, Emit, Notices } from './notices.ts'

export interface Drops {
  /** Counts one loss, unless `why` says how many; `why` also holds what the collector said. */
  count(reason: DropReason, why?: Partial<Notices['dropped']>): void
  /** The counts so far; undefined when nothing was lost. */
  counts(): Record<string, number> | undefined
  /** The same, to go with a batch: from now on they count as told. */
  take(): Record<string, number> | undefined
  /** Counts again what a failed batch could not tell. */
  giveBack(counts: Record<string, number> | undefined): void
}

export function createDrops(emit: Emit): Drops {
  let counts: Record<string, number> | undefined

  function add(reason: string, count: number): void {
    counts = { ...counts, [reason]: (counts?.[reason] ?? 0) + count }
  }

  return {
    count(reason, why) {
      const notice = { reason, count: 1, ...why }
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
      for (const reason in taken) add(reason, taken[reason] ?? 0)
    },
  }
}
