/** Compares two JSON values by content. The order of fields matters: equal texts are equal values. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  const others = Object.keys(b)
  if (names.length !== others.length || Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>] // objects or lists
  return names.every((name, i) => name === others[i] && isSameJson(left[name], right[name]))
}
