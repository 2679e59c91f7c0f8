/** Memoizes a pure function of a string. */

/** Keeps at most `max` results, then clears them all: a bound that costs nothing to maintain. */
export function remember<Value>(work: (text: string) => Value, max: number): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = work(text)
    if (known.size >= max) known.clear()
    known.set(text, value)
    return value
  }
}
