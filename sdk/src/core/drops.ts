/** Counts what was lost, by reason, until a delivered batch has told the collector. */
import type { DropReason, Emit, Notices } from './notices.ts'

export interface Drops {
  count(reason: DropReason, details?: Partial<Notices['dropped']>): void
  /** The counts so far, to go with a batch; undefined when nothing was lost. */
  take(): Record<string, number> | undefined
  /** Counts again what a failed batch could not tell. */
  giveBack(counts: Record<string, number> | undefined): void
}

export function createDrops(emit: Emit): Drops {
  let counts = new Map<string, number>()

  function add(reason: string, count: number): void {
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  }

  return {
    count(reason, details) {
      const notice = { reason, count: 1, ...details }
      add(reason, notice.count)
      emit('dropped', notice)
    },
    take() {
      const taken = counts
      counts = new Map()
      return taken.size > 0 ? Object.fromEntries(taken) : undefined
    },
    giveBack(taken = {}) {
      for (const [reason, count] of Object.entries(taken)) add(reason, count)
    },
  }
}
