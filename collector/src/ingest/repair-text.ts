/** Replaces the characters in any JSON value that PostgreSQL cannot store. */

/** Levels of nesting that are repaired. An event with more is rejected anyway. */
const deepest = 100

/** U+0000 and lone surrogates, which PostgreSQL cannot store, become U+FFFD, in keys too. Other values are returned unchanged. */
export function repairText<Value>(value: Value): Value {
  return isBroken(value, 0) ? (repair(value, 0) as Value) : value // of the same shape
}

const isBrokenText = (text: string) => text.includes('\0') || !text.isWellFormed()

function isBroken(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isBrokenText(value)
  if (typeof value !== 'object' || value === null || depth > deepest) return false
  const names = Object.keys(value)
  const isList = Array.isArray(value)
  return names.some(
    (name) =>
      (!isList && isBrokenText(name)) || isBroken((value as Record<string, unknown>)[name], depth + 1),
  )
}

function repair(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed()
  if (typeof value !== 'object' || value === null || depth > deepest) return value
  if (Array.isArray(value)) return value.map((inner) => repair(inner, depth + 1))
  // fromEntries defines its keys: `__proto__` is only a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [repair(key, depth), repair(inner, depth + 1)]),
  )
}

/** Whether this JSON text may contain what `repairText` repairs, which JSON can only contain as an escape. */
export const needsRepair = (json: string): boolean => /\\u(0000|[dD][89a-fA-F])/.test(json)
