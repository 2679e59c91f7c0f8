/** Counts what was lost, by reason, until a delivered batch has told the collector. */
import type { DropReason, Emit, Notices } from './notices.ts'

/** How many, by reason; undefined: none. */
export type Counts = Record<string, number> | undefined

export interface Drops {
  /** Counts one loss, unless `why` says how many; `why` also holds what the collector said. */
  count(reason: DropReason, why?: Partial<Notices['dropped']>): void
  /** What nobody was told of. */
  counts(): Counts
  /** The same, to go with a batch or into the syncStorage: from now on they count as told. */
  take(): Counts
  /** Counts again what could not be told. */
  giveBack(told: Counts): void
}

export function createDrops(emit: Emit): Drops {
  let counts: Counts

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
    giveBack(told = {}) {
      for (const reason in told) add(reason, told[reason] ?? 0)
    },
  }
}
