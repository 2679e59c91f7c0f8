/** States what memory keeps. */
import { eventNamed, exerciseStore, namesOf, storeBytes } from '@headwater/testkit/exercise-store'
import { expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.ts'

exerciseStore('memory', async () => createMemoryStore({ maxQueueEvents: 100_000, maxQueueBytes: storeBytes }))

test('beyond its number of events the oldest are dropped', () => {
  const store = createMemoryStore({ maxQueueEvents: 2, maxQueueBytes: storeBytes })
  expect(['a', 'b', 'c'].map((name) => store.add(eventNamed(name)))).toEqual([0, 0, 1])
  expect(namesOf(store.next(10))).toEqual(['b', 'c'])
})

test('nothing of it survives the process', () => {
  const store = createMemoryStore({ maxQueueEvents: 2, maxQueueBytes: storeBytes })
  store.add(eventNamed('a'))
  expect(store.unsaved()).toBe(1)
})

test('200,000 events pass through it in less than five seconds, so nothing in it is quadratic', () => {
  const store = createMemoryStore({ maxQueueEvents: 200_000, maxQueueBytes: 1e9 })
  const startedAt = performance.now()
  for (let each = 0; each < 200_000; each++) store.add('{"a":1}')
  for (let batch = store.next(500); batch.length > 0; batch = store.next(500)) store.remove(batch)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
