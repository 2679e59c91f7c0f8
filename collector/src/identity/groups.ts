/** Items in groups that are joined one by one. */
export interface Groups<Item> {
  /** The group of the item with this id. */
  of(id: string): readonly Item[]
  join(one: readonly Item[], other: readonly Item[]): void
  all(): (readonly Item[])[]
}

/** Each item is a group of its own at first. */
export function createGroups<Item extends { id: string }>(items: readonly Item[]): Groups<Item> {
  const groupOf = new Map<string, readonly Item[]>(items.map((item) => [item.id, [item]]))
  return {
    of: (id) => groupOf.get(id) ?? [],
    join(one, other) {
      const joined = [...one, ...other]
      for (const { id } of joined) groupOf.set(id, joined)
    },
    all: () => [...new Set(groupOf.values())],
  }
}
