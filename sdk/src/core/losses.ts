/** Counts what was lost, by reason, until a delivered batch has reported it to the collector. */
import type { DropReason } from './codes.ts'
import type { Emit } from './emitter.ts'
import type { Notices } from './notices.ts'

/** How many, by reason; undefined when there are none. */
export type Counts = Record<string, number> | undefined

export interface Losses {
  /** Counts one loss, unless `details` says how many; `details` also holds what the collector said. */
  lose(reason: DropReason, details?: Partial<Notices['dropped']>): void
  /** The losses that have not been reported, to go with a batch or into sync storage. From now on they count as reported. */
  takeLosses(): Counts
  /** Counts losses again that could not be reported. */
  giveBack(taken: Counts): void
}

/** The collector knows what it rejected, and nothing is reported about a visitor who refused. */
const unreported: string[] = ['rejected', 'consent_denied'] satisfies DropReason[]

export function createLosses(emit: Emit): Losses {
  let counts: Counts

  function add(reason: string, count: number): void {
    if (!unreported.includes(reason)) counts = { ...counts, [reason]: (counts?.[reason] ?? 0) + count }
  }

  return {
    lose(reason, details) {
      const notice = { reason, count: 1, ...details }
      add(reason, notice.count)
      emit('dropped', notice)
    },
    takeLosses() {
      const taken = counts
      counts = undefined
      return taken
    },
    giveBack(taken = {}) {
      for (const [reason, count] of Object.entries(taken)) add(reason, count)
    },
  }
}
