/** Finds the events that the database refuses, by halving, so that they do not cost their neighbours. */

/** The events that cannot be stored; `isStorable` tries a few together and leaves nothing behind. */
export async function findPoison<Event>(
  events: Event[],
  isStorable: (events: Event[]) => Promise<boolean>,
): Promise<Event[]> {
  if (events.length === 0 || (await isStorable(events))) return []
  if (events.length === 1) return events
  const half = Math.ceil(events.length / 2)
  const first = await findPoison(events.slice(0, half), isStorable)
  return [...first, ...(await findPoison(events.slice(half), isStorable))]
}
