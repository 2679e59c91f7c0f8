/** Writes each kind of failure when it begins, then how often it came again: an outage is a few lines, not one a request. */
import { inspect } from 'node:util'
import { sqlstateOf } from '@headwater/db/db'
import { isOutage } from '@headwater/db/outage'

export interface ErrorLogDeps {
  /** Takes one entry. Default: standard error. */
  write?(entry: string): void
  /** Calls back after so long. Default: a timer that does not keep the process alive. */
  schedule?(act: () => void, afterMs: number): void
}

/** So often failures of a kind that goes on are counted; one that has not come for so long is over. */
const intervalMs = 10_000

interface Kind {
  name: string
  /** The first failure, in full. */
  entry: string
  /** What differs from one failure of this kind to the next. */
  detail: string
}

/** Returns what hears of every failure. */
export function createErrorLog({ write = console.error, schedule = scheduleQuietly }: ErrorLogDeps = {}) {
  const current = new Map<string, { again: number; hasRepeated: boolean; last: string }>()

  function count(name: string): void {
    const kind = current.get(name)
    if (!kind) return
    if (kind.again === 0) {
      current.delete(name)
      if (kind.hasRepeated) write(`${name}: not again in the last ${intervalMs / 1000} s.`)
      return
    }
    write(`${name}: ${kind.again} more in the last ${intervalMs / 1000} s, the last one: ${kind.last}`)
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

/** What nobody can do anything about in the code is told in a sentence; anything else with all that is known of it. */
function kindOf(error: unknown): Kind {
  const detail = error instanceof Error ? error.message : String(error)
  if (isOutage(error)) {
    const name = 'The database is not available'
    return { name, detail, entry: `${name}; requests that need it are answered with 503. ${detail}` }
  }
  const sqlstate = sqlstateOf(error) // its messages often quote a value, and so differ each time
  const name = sqlstate === undefined ? inspectShortly(error) : `PostgreSQL error ${sqlstate}`
  return { name, detail, entry: inspect(error) }
}

const inspectShortly = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const scheduleQuietly = (act: () => void, afterMs: number) => void setTimeout(act, afterMs).unref()
