/** A pure function of a text that remembers its answers. */

/** Remembers at most `max` answers, then starts afresh: a bound that costs nothing to keep. */
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
