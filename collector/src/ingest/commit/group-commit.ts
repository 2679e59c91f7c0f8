/** Group commit without a timer: items that arrive while the writers are busy share the next transaction. */

export interface GroupCommit<Item, Result> {
  /** Resolves after the commit of the item's group. Undefined: the queue is full, and the item was not added. */
  add(item: Item): Promise<Result> | undefined
  /** Resolves when no item is queued or being written. */
  drain(): Promise<void>
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/**
 * Commits items in groups of at most `groupWeight` (a heavier item is a group of its own), and queues at most `queueWeight`.
 * Commits at once when idle. While a group is being written, another of the `writers` starts the next one as soon as it
 * weighs `worthAWriter`: below that, one larger group later costs less than two groups now.
 */
export function createGroupCommit<Item, Result>(options: {
  commit(items: Item[]): Promise<Result[]>
  weigh(item: Item): number
  /** Whether the caller no longer waits for the item. It is then dropped, and its promise never settles. */
  isStale?(item: Item): boolean
  writers: number
  worthAWriter: number
  groupWeight: number
  queueWeight: number
}): GroupCommit<Item, Result> {
  const queue: Waiting<Item, Result>[] = []
  let queuedWeight = 0
  let busyWriters = 0
  const onIdle: (() => void)[] = []

  function dropStale(): void {
    if (!options.isStale) return
    for (let i = queue.length - 1; i >= 0; i--) {
      const { item } = queue[i] as Waiting<Item, Result> // in range
      if (!options.isStale(item)) continue
      queue.splice(i, 1)
      queuedWeight -= options.weigh(item)
    }
  }

  function takeGroup(): Waiting<Item, Result>[] {
    dropStale()
    let weight = 0
    let count = 0
    for (const { item } of queue) {
      weight += options.weigh(item)
      if (count > 0 && weight > options.groupWeight) break
      count += 1
    }
    const group = queue.splice(0, count)
    for (const { item } of group) queuedWeight -= options.weigh(item)
    return group
  }

  async function write(): Promise<void> {
    busyWriters += 1
    while (queue.length > 0 && (busyWriters === 1 || queuedWeight >= options.worthAWriter)) {
      const group = takeGroup()
      if (group.length === 0) break
      try {
        const results = await options.commit(group.map(({ item }) => item))
        for (const [i, { resolve }] of group.entries()) resolve(results[i] as Result) // commit returns one per item
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    busyWriters -= 1
    if (busyWriters === 0) for (const resolve of onIdle.splice(0)) resolve()
  }

  return {
    add(item) {
      if (queuedWeight + options.weigh(item) > options.queueWeight) return undefined
      queuedWeight += options.weigh(item)
      const result = new Promise<Result>((resolve, reject) => queue.push({ item, resolve, reject }))
      const isWorthAWriter = busyWriters === 0 || queuedWeight >= options.worthAWriter
      if (isWorthAWriter && busyWriters < options.writers) void write()
      return result
    },
    async drain() {
      if (busyWriters > 0) await new Promise<void>((resolve) => onIdle.push(resolve))
    },
  }
}
