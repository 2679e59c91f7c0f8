/** Writes times for people, in the time zone of their website. */

/** For example `2026-11-20 12:00:00`; takes a Date, or its ISO text where the answer came over HTTP. */
export type WriteTime = (at: Date | string) => string

/** Texts that use it say once which time zone it is: see `zoneText`. */
export function createTimeText(timeZone: string): WriteTime {
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return (at) => format.format(new Date(at))
}

export const zoneText = (timeZone: string) => `Times are in ${timeZone}.`
