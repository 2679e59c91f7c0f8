/** Replaces the characters in any JSON value that PostgreSQL cannot store. */

/** Levels of nesting. An event with more is rejected anyway, and what lies below them need not be repaired. */
const deepest = 100

/** U+0000 and lone surrogates, which PostgreSQL cannot store, become U+FFFD, in keys too. Other values come back as they are. */
export function repairText(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed()
  if (typeof value !== 'object' || value === null || depth > deepest) return value
  const repair = (inner: unknown) => repairText(inner, depth + 1)
  if (Array.isArray(value)) return value.map(repair)
  // fromEntries defines its keys: `__proto__` is only a key.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [repair(key), repair(inner)]))
}

/** Can this JSON text hold what `repairText` repairs? Both can stand in JSON as an escape only. */
export const needsRepair = (json: string): boolean => /\\u(0000|[dD][89a-fA-F])/.test(json)
