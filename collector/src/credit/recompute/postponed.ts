/** Remembers whose tasks have failed and wait for another attempt, so that they hold up no others. Ids of customers. */

export interface Postponed {
  /** Those whose pause is not over. */
  ids(): string[]
  /** Begins a pause, which is twice as long as the one before. */
  add(customers: readonly { id: string }[]): void
  /** Forgets those whose tasks have been done. */
  remove(customers: readonly { id: string }[]): void
}

const firstPauseMs = 1_000
const longestPauseMs = 300_000

/** Kept in this process: after a restart each task gets a new attempt. */
export function createPostponed(now: () => number): Postponed {
  const pauses = new Map<string, { until: number; pauseMs: number }>()
  return {
    ids: () => [...pauses].filter(([, { until }]) => until > now()).map(([id]) => id),
    add(customers) {
      for (const { id } of customers) {
        const pauseMs = Math.min((pauses.get(id)?.pauseMs ?? firstPauseMs / 2) * 2, longestPauseMs)
        pauses.set(id, { until: now() + pauseMs, pauseMs })
      }
    },
    remove(customers) {
      if (pauses.size > 0) for (const { id } of customers) pauses.delete(id)
    },
  }
}
