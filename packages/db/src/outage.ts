/** Distinguishes a database that cannot work now from one that refuses its input, and from a bug of ours. */
import { sqlstateOf } from './db.ts'
import { ConnectionError } from './postgres-connection.ts'
import { TimeLimitError } from './time-limit.ts'

/**
 * Classes of SQLSTATE: 08 connection, 28 and 3D a connection that is refused, 53 resources (disk, memory, connections), 57
 * the operator (shutdown, start, a statement's time limit), 58 the system.
 */
const outageClasses = ['08', '28', '3D', '53', '57', '58']

export function isOutage(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeLimitError) return true
  return outageClasses.includes(sqlstateOf(error)?.slice(0, 2) ?? '')
}
