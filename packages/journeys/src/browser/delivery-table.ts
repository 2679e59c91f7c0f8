/** Counts what happened to the events of a scenario, and writes it as a row of a table. */
import type { WireEvent } from '@headwater/contract'
import type { BatchRequest } from './faulty-proxy.ts'

/** What happened to the events `e` that a site has recorded. */
export interface Outcome {
  sent: number
  lost: number
  storedTwice: number
  /** How often events were sent to a collector that had stored them before. */
  sentAgain: number
  /** The same, for the event that was sent most often. */
  mostSentAgain: number
  /** Requests during the outage; 0 without one. */
  outageRequests: number
  /** From the outage's end until the last event was stored, and the requests it took; 0 without one. */
  drainMs: number
  drainRequests: number
}

/** Epoch ms; Infinity without one, or while it lasts. */
export interface Outage {
  from: number
  to: number
}

/** The numbers of the events that the collector has processed. */
export const numbersIn = (batches: BatchRequest[]): Set<number> =>
  new Set(
    batches
      .filter(({ isStored }) => isStored)
      .flatMap(countedIn)
      .map(({ props }) => Number(props?.n)),
  )

export function repetitionsIn(batches: BatchRequest[]) {
  const times = new Map<string, number>()
  for (const { idempotency_key: key } of batches.filter(({ isStored }) => isStored).flatMap(countedIn))
    times.set(key, (times.get(key) ?? 0) + 1)
  const again = [...times.values()].map((it) => it - 1)
  return { sentAgain: again.reduce((a, b) => a + b, 0), mostSentAgain: Math.max(0, ...again) }
}

export function recoveryIn(batches: BatchRequest[], { from, to }: Outage) {
  const later = batches.filter(({ startedAt }) => startedAt >= to)
  const drain = later.slice(
    0,
    later.findLastIndex((batch) => batch.isStored && countedIn(batch).length > 0) + 1,
  )
  return {
    outageRequests: batches.filter(({ startedAt }) => startedAt >= from && startedAt < to).length,
    drainMs: Math.max(0, ...drain.map(({ endedAt = Infinity }) => endedAt - to)),
    drainRequests: drain.length,
  }
}

/** A row by the names of its columns. */
export function rowOf(scenario: string, outcome: Outcome): Record<string, string> {
  const { sent, lost, storedTwice, sentAgain, outageRequests, drainMs, drainRequests } = outcome
  return {
    scenario,
    sent: `${sent}`,
    lost: `${lost}`,
    'stored twice': `${storedTwice}`,
    'sent again': `${sentAgain} (${Math.round((100 * sentAgain) / (sent || 1))} %)`,
    'in outage': outageRequests ? `${outageRequests}` : '',
    drained: drainRequests ? `${(drainMs / 1_000).toFixed(1)} s in ${drainRequests}` : '',
  }
}

export function tableOf(rows: Record<string, string>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [Object.fromEntries(names.map((name) => [name, name])), ...rows]
  const widths = names.map((name) => Math.max(...lines.map((line) => line[name]!.length))) // rows are made alike
  return lines.map((line) => names.map((name, i) => line[name]!.padEnd(widths[i]!)).join('  ')).join('\n')
}

const countedIn = ({ events }: BatchRequest): WireEvent[] => events.filter(({ name }) => name === 'e')
