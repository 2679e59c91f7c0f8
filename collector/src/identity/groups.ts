/** Items in groups that are joined one by one. */
export interface Groups<Item> {
  /** The group of the item with this id. */
  of(id: string): readonly Item[]
  /** Joins the groups of two items. */
  join(one: string, other: string): void
  all(): (readonly Item[])[]
}

/** Each item is a group of its own at first. */
export function createGroups<Item extends { id: string }>(items: readonly Item[]): Groups<Item> {
  const groupOf = new Map(items.map((item) => [item.id, [item]]))
  const of = (id: string): Item[] => groupOf.get(id) ?? []
  return {
    of,
    join(one, other) {
      if (of(one) === of(other)) return
      const [smaller, larger] =
        of(one).length < of(other).length ? [of(one), of(other)] : [of(other), of(one)]
      larger.push(...smaller)
      for (const { id } of smaller) groupOf.set(id, larger)
    },
    all: () => [...new Set(groupOf.values())],
  }
}
