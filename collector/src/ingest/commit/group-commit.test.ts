import { describe, expect, it } from 'vitest'
import { createGroupCommit } from './group-commit.ts'

/** A group commit whose commits the test ends. */
function start(
  options: {
    writers?: number
    worthAWriter?: number
    queueWeight?: number
    isStale?: (item: number) => boolean
  } = {},
) {
  const groups: { items: number[]; end(error?: Error): void }[] = []
  const commit = createGroupCommit<number, string>({
    commit: (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(items.map((item) => `done ${item}`)))
        groups.push({ items, end })
      }),
    weigh: (item) => item,
    writers: 1,
    worthAWriter: 1,
    groupWeight: 10,
    queueWeight: 100,
    ...options,
  })
  return { ...commit, groups }
}

describe('group commit', () => {
  it('commits at once while it is idle', () => {
    const { add, groups } = start()
    void add(1)
    expect(groups.map(({ items }) => items)).toEqual([[1]])
  })

  it('groups items that arrive while the writers are busy, up to the weight of a group', async () => {
    const { add, groups } = start()
    const first = add(1)
    const others = [add(4), add(5), add(2)]
    groups[0]?.end()
    await first
    expect(groups.map(({ items }) => items)).toEqual([[1], [4, 5]])
    groups[1]?.end()
    await others[0]
    expect(groups[2]?.items).toEqual([2])
  })

  it('commits an item heavier than a group alone', async () => {
    const { add, groups } = start()
    const first = add(1)
    void add(50)
    void add(1)
    groups[0]?.end()
    await first
    expect(groups[1]?.items).toEqual([50])
  })

  it('runs as many commits at once as it has writers', () => {
    const { add, groups } = start({ writers: 2 })
    for (const item of [1, 2, 3]) void add(item)
    expect(groups.map(({ items }) => items)).toEqual([[1], [2]])
  })

  it('begins a concurrent commit only if the queue is worth a writer', async () => {
    const { add, groups } = start({ writers: 2, worthAWriter: 5 })
    const first = add(1)
    void add(4)
    expect(groups.map(({ items }) => items)).toEqual([[1]])
    void add(1)
    expect(groups.map(({ items }) => items)).toEqual([[1], [4, 1]])
    const last = add(2)
    groups[0]?.end()
    await first
    expect(groups).toHaveLength(2) // the second is being written, and 2 is not worth another
    groups[1]?.end()
    await expect.poll(() => groups[2]?.items).toEqual([2])
    groups[2]?.end()
    expect(await last).toBe('done 2')
  })

  it('resolves each item with its own result', async () => {
    const { add, groups } = start()
    const [first, second, third] = [add(1), add(2), add(3)]
    groups[0]?.end()
    await first
    groups[1]?.end()
    expect(await Promise.all([first, second, third])).toEqual(['done 1', 'done 2', 'done 3'])
  })

  it('fails the items of a failed group only', async () => {
    const { add, groups } = start()
    const [first, second] = [add(1), add(2)]
    groups[0]?.end(new Error('away'))
    await expect(first).rejects.toThrow('away')
    groups[1]?.end()
    expect(await second).toBe('done 2')
  })

  it('refuses items while the queue is full', async () => {
    const { add, groups } = start({ queueWeight: 10 })
    const first = add(10)
    void add(10)
    expect(add(1)).toBeUndefined()
    groups[0]?.end()
    await first
    expect(add(1)).toBeDefined()
  })

  it('drops stale items, which makes room in the queue', async () => {
    const stale = new Set<number>()
    const { add, groups } = start({ queueWeight: 10, isStale: (item) => stale.has(item) })
    const first = add(1)
    void add(2)
    void add(3)
    stale.add(2)
    groups[0]?.end()
    await first
    expect(groups[1]?.items).toEqual([3])
    expect(add(7)).toBeDefined()
  })

  it('drains: resolves when all accepted items are committed', async () => {
    const { add, drain, groups } = start()
    const answers: string[] = []
    void add(1)?.then((answer) => answers.push(answer))
    const first = add(9)?.then((answer) => answers.push(answer))
    const drained = drain().then(() => answers.push('drained'))
    groups[0]?.end()
    await expect.poll(() => groups.length).toBe(2)
    groups[1]?.end()
    await Promise.all([first, drained])
    expect(answers).toEqual(['done 1', 'done 9', 'drained'])
    await drain()
  })
})
