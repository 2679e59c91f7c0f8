/**
 * Holds the status→outcome table: what a client does with its events after each answer. The SDK follows it, and the
 * collector's tests check their answers against it.
 */

/**
 * - `delivered`: remove what the receipt covers (see `isReceiptFor`; any other 200 counts as `retry`)
 * - `retry`: keep, wait (`Retry-After`, else back-off)
 * - `split`: send the batch in halves; a single event that still fails is dropped and counted
 * - `stop`: keep, send nothing until a new token or a restart
 * - `hold`: keep, wait long, report it once
 * - `drop`: drop and count
 */
export type Outcome = 'delivered' | 'retry' | 'split' | 'stop' | 'hold' | 'drop'

const outcomes: Record<number, Outcome> = {
  200: 'delivered',
  400: 'split',
  401: 'stop',
  403: 'hold',
  408: 'retry',
  413: 'split',
  415: 'drop',
  425: 'retry',
  429: 'retry',
}

/** Looks up the outcome of an answer by its status. A network failure has status 0. */
export function outcomeOf(status: number): Outcome {
  if (status === 0 || status >= 500) return 'retry'
  return outcomes[status] ?? 'hold'
}
