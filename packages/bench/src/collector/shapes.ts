/** How events are sent to servers that hold one website. */

export type ShapeName = (typeof shapes)[number]['name']

/** A browser's batch holds one visitor; a server's holds many, and touches as many customers and sessions. */
export const shapes = [
  { name: 'batches of 50, one visitor each', eventsPerRequest: 50, connections: 16, inARow: 50 },
  { name: 'batches of 50, many visitors', eventsPerRequest: 50, connections: 16, inARow: 1 },
  { name: 'single events', eventsPerRequest: 1, connections: 64, inARow: 1 },
] as const
