/** What every store of a server's client must do. */
import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../../sdk/src/core/records.ts'
import type { Store } from '../../../sdk/src/node/store.ts'

/** 1,000 characters of JSON. */
export const eventNamed = (name: string) => `{"name":"${name.padEnd(989)}"}`
export const namesOf = (events: StoredEvent[]): string[] =>
  events.map(({ json }) => JSON.parse(json).name.trimEnd())

/** The size limit of the stores that `open` creates, in bytes. */
export const storeBytes = 100_000

/** `open` returns an empty store. */
export function exerciseStore(name: string, open: () => Promise<Store>): void {
  const fill = (store: Store, count: number, from = 0): number => {
    let dropped = 0
    for (let each = from; each < from + count; each++) dropped += store.add(eventNamed(`e${each}`))
    return dropped
  }

  describe(`${name} is a Store`, () => {
    test('a new store is empty', async () => {
      const store = await open()
      expect([store.size(), store.unsaved(), store.next(10)]).toEqual([0, 0, []])
    })

    test('next returns the oldest events as they were added, at most as many as asked for', async () => {
      const store = await open()
      fill(store, 3)
      expect(store.size()).toBe(3)
      expect(namesOf(store.next(2))).toEqual(['e0', 'e1'])
      expect(store.next(1)[0]?.json).toBe(eventNamed('e0'))
    })

    test('events come again until they are removed', async () => {
      const store = await open()
      fill(store, 3)
      store.remove(store.next(2))
      expect(namesOf(store.next(10))).toEqual(['e2'])
      store.remove(store.next(10))
      expect([store.size(), store.next(10)]).toEqual([0, []])
    })

    test('removing twice, or what is unknown, is no error', async () => {
      const store = await open()
      fill(store, 2)
      const [first] = store.next(1)
      store.remove(first ? [first, first] : [])
      store.remove([{ key: 'unknown', json: '{}' }])
      expect(namesOf(store.next(10))).toEqual(['e1'])
    })

    test('two events with the same JSON are two events', async () => {
      const store = await open()
      store.add(eventNamed('same'))
      store.add(eventNamed('same'))
      store.remove(store.next(1))
      expect(store.size()).toBe(1)
    })

    test('events that are added meanwhile come after those that wait', async () => {
      const store = await open()
      fill(store, 2)
      const batch = store.next(10)
      fill(store, 1, 2)
      store.remove(batch)
      expect(namesOf(store.next(10))).toEqual(['e2'])
    })

    test('beyond the size limit the oldest are dropped and counted', async () => {
      const store = await open()
      const dropped = fill(store, 300)
      const left = store.next(500)
      expect(dropped).toBeGreaterThanOrEqual(200)
      expect(dropped + left.length).toBe(300)
      expect(left.length).toBeGreaterThanOrEqual(80)
      expect(namesOf(left).at(-1)).toBe('e299')
    })

    test('what was taken is not dropped for lack of room', async () => {
      const store = await open()
      fill(store, 1)
      const batch = store.next(1)
      const dropped = fill(store, 200, 1)
      expect(store.next(1)).toEqual(batch)
      expect(dropped).toBeGreaterThan(0)
    })

    test('a batch has at most 900,000 characters, but at least one event', async () => {
      const store = await open()
      store.add(JSON.stringify({ text: 'x'.repeat(1_000_000) }))
      expect(store.next(10).length).toBeLessThanOrEqual(1)
    })
  })
}
