/** Finds the customers that were a part of a person and no longer are. Pure. */

/** Evidence that two customers are one person. Times are epoch ms. */
export interface MergeEdge {
  from_customer_id: string
  into_customer_id: string
  at: number
  /** Null: in force. */
  undone_at: number | null
}

/**
 * When each of them was separated, in epoch ms: by an undone merge with the person, or together with a customer that was. A merge in
 * force with someone outside is one that the rules did not follow, for example between two user ids.
 */
export function formerMembers(
  members: ReadonlySet<string>,
  merges: readonly MergeEdge[],
): Map<string, number> {
  const separated = new Map<string, number>()
  for (const merge of merges) {
    const [one, other] = [merge.from_customer_id, merge.into_customer_id]
    const outside = members.has(one) ? other : one
    if (merge.undone_at === null || members.has(one) === members.has(other)) continue
    separated.set(outside, Math.max(merge.undone_at, separated.get(outside) ?? 0))
  }
  // A map visits what is added while it is walked through.
  for (const [id, separatedAt] of separated)
    for (const merge of merges) {
      const other = otherOf(merge, id)
      if (other === undefined || members.has(other) || separated.has(other) || merge.at > separatedAt)
        continue
      separated.set(other, separatedAt)
    }
  return separated
}

function otherOf({ from_customer_id, into_customer_id }: MergeEdge, id: string): string | undefined {
  if (from_customer_id === id) return into_customer_id
  return into_customer_id === id ? from_customer_id : undefined
}
