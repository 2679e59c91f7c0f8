/** Listens to the page, with an undo. */
import type { Undo } from '../core/ports.ts'

export function listen(target: EventTarget, type: string, listener: (event: Event) => void): Undo {
  target.addEventListener(type, listener)
  return () => target.removeEventListener(type, listener)
}
