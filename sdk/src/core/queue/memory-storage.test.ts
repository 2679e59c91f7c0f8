/** Checks that the memory storage, and the fake that tests build on it, do what a Storage must do. */
import { exerciseStorage, maxBytes } from '@headwater/testkit/exercise-storage'
import { createFakeStorage } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createMemoryStorage } from './memory-storage.ts'

const state = { v: 2, anonymousId: 'a1', seenAt: 1 } as const
const twice = <T>(storage: T): [T, T] => [storage, storage]

exerciseStorage('the memory storage', async () => twice(createMemoryStorage(maxBytes)))
exerciseStorage('the fake storage', async () => twice(createFakeStorage(createMemoryStorage(maxBytes))))

test('it begins with the state it is given', async () => {
  const settled = await createMemoryStorage(maxBytes, state).append((stored) => ({
    state: stored ?? fail(),
    events: [],
  }))
  expect(settled.state).toEqual(state)
})

test('an event appended twice takes up space once', async () => {
  const storage = createMemoryStorage(4)
  const append = () => storage.append(() => ({ state, events: [{ key: 'k1', json: '"1"' }] }))
  await append()
  expect(await append()).toMatchObject({ lost: 0 })
})

function fail(): never {
  throw new Error('the state is gone')
}
