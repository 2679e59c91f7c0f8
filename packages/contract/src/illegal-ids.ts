/** Ids that are no ids: what bugs and placeholders leave where an id should be. */

// biome-ignore format: a word list
const illegalIds = new Set([
  'null', 'undefined', 'none', 'nil', '<nil>', 'nan', 'n/a', 'na', 'unknown', 'true', 'false', '-1', '[object object]', '{}', '[]',
  'anonymous', 'anonymous-user', 'anon', 'guest', 'user', 'id', 'email', 'distinct_id', 'distinctid', 'not_authenticated',
  'backend', 'system',
])

/** Would this id make one customer out of many? It is trimmed, unquoted and case-folded before it is compared. */
export function isIllegalId(id: string): boolean {
  const bare = id
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim()
    .toLowerCase()
  return bare === '' || illegalIds.has(bare) || /^[0-]+$/.test(bare) // zeros and dashes: 0, the nil UUID
}
