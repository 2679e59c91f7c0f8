/** Keeps calls until the app knows how it was opened, so that the first session begins with the link. */
import { plainCopy } from '../core/json.ts'
import type { Clock, Ids } from '../core/ports.ts'
import type { Stamp } from '../core/visitor/draft.ts'

export interface Gate {
  /**
   * Makes the call at once, or when the gate opens: then with its arguments as they are now, and with the stamp of this
   * moment.
   */
  pass<Args extends unknown[]>(args: Args, call: (args: Args, stamp?: Stamp) => void): void
  /** Makes the calls that wait, in their order, and all later ones at once. */
  open(): void
  /** Resolves when it is open. */
  opened: Promise<void>
}

export function createGate(clock: Clock, ids: Ids): Gate {
  let waiting: (() => void)[] | undefined = []
  let tell: () => void
  const opened = new Promise<void>((resolve) => {
    tell = resolve
  })

  return {
    pass(args, call) {
      if (!waiting) return call(args)
      const kept = copyOf(args)
      const stamp = { key: ids.uuid(), at: clock.now() }
      waiting.push(() => call(kept, stamp))
    },
    open() {
      const calls = waiting ?? []
      waiting = undefined
      for (const call of calls) call()
      tell()
    },
    opened,
  }
}

/** The arguments themselves when a copy would lack something: whoever makes the call says what has no JSON. */
function copyOf<Args extends unknown[]>(args: Args): Args {
  let isWhole = true
  const copy = plainCopy(args, () => {
    isWhole = false
  })
  return isWhole ? copy : args
}
