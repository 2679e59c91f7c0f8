/** Shares credit by age: each half-life halves it. */
import type { Journey } from './journey.ts'

const dayMs = 86_400_000 // also on the days when clocks change

/**
 * Ages are counted back from the latest touch instead of the conversion. That changes no proportion, and the largest share
 * is 1: however old all touches are, their sum cannot underflow.
 */
export function byAge({ touches, parameters }: Journey): number[] {
  const halfLifeMs = Number(parameters.half_life_days) * dayMs
  const latestAt = touches.at(-1)?.at ?? 0
  return touches.map(({ at }) => 2 ** ((at - latestAt) / halfLifeMs))
}
