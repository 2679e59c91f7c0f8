/** Logs each kind of failure once, then how often it recurs, so that an outage does not fill the log. */
import { inspect } from 'node:util'
import { sqlstateOf } from '@headwater/db/db'
import { isOutage } from '@headwater/db/outage'

export interface ErrorLogDeps {
  /** Writes one entry; default: to standard error. */
  write?(entry: string): void
  /** Calls `act` after a delay; default: by a timer that does not keep the process alive. */
  schedule?(act: () => void, afterMs: number): void
}

/** How often recurring failures are reported; a kind that does not recur for this long has ended. */
const intervalMs = 10_000

interface Kind {
  name: string
  /** The first failure, in full. */
  entry: string
  /** The part that varies within the kind. */
  detail: string
}

/** Returns a function that logs an error. */
export function createErrorLog({ write = console.error, schedule = scheduleQuietly }: ErrorLogDeps = {}) {
  const current = new Map<string, { again: number; hasRepeated: boolean; last: string }>()

  function count(name: string): void {
    const kind = current.get(name)
    if (!kind) return
    if (kind.again === 0) {
      current.delete(name)
      if (kind.hasRepeated) write(`${name}: no more in the last ${intervalMs / 1000} s.`)
      return
    }
    write(`${name}: ${kind.again} more in the last ${intervalMs / 1000} s, latest: ${kind.last}`)
    kind.again = 0
    kind.hasRepeated = true
    schedule(() => count(name), intervalMs)
  }

  return (error: unknown): void => {
    const { name, entry, detail } = kindOf(error)
    const kind = current.get(name)
    if (kind) {
      kind.again += 1
      kind.last = detail
      return
    }
    current.set(name, { again: 0, hasRepeated: false, last: detail })
    write(entry)
    schedule(() => count(name), intervalMs)
  }
}

/** An outage is logged as one sentence, any other error in full. */
function kindOf(error: unknown): Kind {
  const detail = error instanceof Error ? error.message : String(error)
  if (isOutage(error)) {
    const name = 'The database is not available'
    return { name, detail, entry: `${name}; requests that need it get 503. ${detail}` }
  }
  const sqlstate = sqlstateOf(error) // a PostgreSQL message often quotes a value, so it cannot name the kind
  const name = sqlstate === undefined ? inspectShortly(error) : `PostgreSQL error ${sqlstate}`
  return { name, detail, entry: inspect(error) }
}

const inspectShortly = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const scheduleQuietly = (act: () => void, afterMs: number) => void setTimeout(act, afterMs).unref()
