/** Gives all credit to one touch. */
import type { CreditTouch, Journey } from './journey.ts'

export function first({ touches }: Journey): number[] {
  return onlyAt(touches, 0)
}

export function last({ touches }: Journey): number[] {
  return onlyAt(touches, touches.length - 1)
}

/** To the first touch of all when none is paid. */
export function firstPaid({ touches }: Journey): number[] {
  const index = touches.findIndex(({ isPaid }) => isPaid)
  return onlyAt(touches, Math.max(index, 0))
}

/** To the last touch of all when none is paid. */
export function lastPaid({ touches }: Journey): number[] {
  const index = touches.findLastIndex(({ isPaid }) => isPaid)
  return onlyAt(touches, index < 0 ? touches.length - 1 : index)
}

function onlyAt(touches: readonly CreditTouch[], index: number): number[] {
  return touches.map((_, at) => (at === index ? 1 : 0))
}
