/** Measures a run: how many events, how fast, between the end of its warm-up and its own end. */

export interface Span {
  warmUpMs: number
  measureMs: number
}

export interface Measured {
  /** Acknowledged within the measured time. */
  events: number
  /** Acknowledged at all: in the warm-up, in the measured time, and what was still in flight at its end. */
  acknowledged: number
  seconds: number
  /** Of one request or commit; undefined when none ended in time. */
  p50Ms: number | undefined
  p99Ms: number | undefined
  /** CPU seconds of the process that sent the events. */
  clientCpuSeconds: number
}

export type Meter = ReturnType<typeof startMeter>

/** Starts the clock; `onMeasuring` is called when the warm-up is over. */
export function startMeter({ warmUpMs, measureMs }: Span, onMeasuring: () => void) {
  const measuredFrom = performance.now() + warmUpMs
  const endsAt = measuredFrom + measureMs
  const latencies: number[] = []
  let events = 0
  let acknowledged = 0
  let cpuBefore = process.cpuUsage()
  const warmUp = setTimeout(() => {
    cpuBefore = process.cpuUsage()
    onMeasuring()
  }, warmUpMs)

  return {
    isOver: () => performance.now() >= endsAt,
    /** Does a piece of work that gets `count` events acknowledged, and counts it when it ends in time. */
    async time(count: number, work: () => Promise<void>): Promise<void> {
      const startedAt = performance.now()
      await work()
      const endedAt = performance.now()
      acknowledged += count
      if (endedAt < measuredFrom || endedAt > endsAt) return
      latencies.push(endedAt - startedAt)
      events += count
    },
    /** Call it as soon as the work is over: it may have ended early, for lack of events. */
    stop(): Measured {
      clearTimeout(warmUp)
      const { user, system } = process.cpuUsage(cpuBefore)
      const seconds = (Math.min(performance.now(), endsAt) - measuredFrom) / 1_000
      const sorted = Float64Array.from(latencies).sort()
      const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]
      return {
        events,
        acknowledged,
        seconds,
        p50Ms: quantile(0.5),
        p99Ms: quantile(0.99),
        clientCpuSeconds: (user + system) / 1e6,
      }
    },
  }
}
