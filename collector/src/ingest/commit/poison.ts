/** Finds the events that the database refuses, by halving, so that they do not cost their neighbours. */

/** Enough to find four poisoned events among 500, one after the other. */
const maxTrials = 64

/**
 * The events of a batch that cannot be stored; `isStorable` tries a few together and leaves nothing behind. A batch so
 * full of them that the trials run out loses what was not tried: it must not keep the database from everybody else.
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
