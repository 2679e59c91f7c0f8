/** The one order in which all transactions take their locks: of two groups one waits for the other, and never both. */

/**
 * Rows that a statement locks or writes, one for each key, sorted by it. `merge` joins a later row of the same key to the
 * one that is kept; without it the first row is kept.
 */
export function inLockOrder<Row>(
  rows: Iterable<Row>,
  keyOf: (row: Row) => string,
  merge: (kept: Row, next: Row) => Row = (kept) => kept,
): Row[] {
  const byKey = new Map<string, Row>()
  for (const row of rows) {
    const key = keyOf(row)
    const kept = byKey.get(key)
    byKey.set(key, kept === undefined ? row : merge(kept, row))
  }
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as Row)
}
