/** Remembers which tasks have failed and wait for another attempt, so that they hold up no others. */

export interface Postponed {
  /** Those whose pause is not over. */
  ids(): string[]
  /** Begins a pause, which is twice as long as the one before. */
  add(tasks: readonly { id: string }[]): void
  /** Forgets tasks that have been done. */
  remove(tasks: readonly { id: string }[]): void
}

const firstPauseMs = 1_000
const longestPauseMs = 300_000

/** Kept in this process: after a restart each task gets a new attempt. */
export function createPostponed(now: () => number): Postponed {
  const pauses = new Map<string, { until: number; pauseMs: number }>()
  return {
    ids: () => [...pauses].filter(([, { until }]) => until > now()).map(([id]) => id),
    add(tasks) {
      for (const { id } of tasks) {
        const pauseMs = Math.min((pauses.get(id)?.pauseMs ?? firstPauseMs / 2) * 2, longestPauseMs)
        pauses.set(id, { until: now() + pauseMs, pauseMs })
      }
    },
    remove(tasks) {
      if (pauses.size > 0) for (const { id } of tasks) pauses.delete(id)
    },
  }
}
