/** Finds the events that the database refuses, by bisection, so that the others can be stored. */

/** Enough to find four poisoned events among 500. */
const maxTrials = 64

/**
 * Returns the events of a batch that cannot be stored; `isStorable` tries some of them together, without side effects. When
 * the trials run out, untried events count as not storable: one batch must not occupy the database.
 */
export async function findPoison<Event>(
  events: Event[],
  isStorable: (events: Event[]) => Promise<boolean>,
  budget = { trials: maxTrials },
): Promise<Event[]> {
  if (events.length === 0 || budget.trials === 0) return events
  budget.trials -= 1
  if (await isStorable(events)) return []
  if (events.length === 1) return events
  const half = Math.ceil(events.length / 2)
  const first = await findPoison(events.slice(0, half), isStorable, budget)
  return [...first, ...(await findPoison(events.slice(half), isStorable, budget))]
}
