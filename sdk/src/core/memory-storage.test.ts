/** Holds the memory storage, and the fake that tests build on it, to what a Storage must do. */
import { exerciseStorage } from '@headwater/testkit/exercise-storage'
import { createFakeStorage } from '@headwater/testkit/fake-ports'
import { expect, test } from 'vitest'
import { createMemoryStorage } from './memory-storage.ts'

const twice = <T>(storage: T): [T, T] => [storage, storage]

exerciseStorage('the memory storage', async () => twice(createMemoryStorage()))
exerciseStorage('the fake storage', async () => twice(createFakeStorage()))

test('it begins with the state it is given', async () => {
  const known = { v: 1, anonymousId: 'a1' } as const
  const settled = await createMemoryStorage(known).append((stored) => ({
    state: stored ?? fail(),
    events: [],
  }))
  expect(settled.state).toEqual(known)
})

function fail(): never {
  throw new Error('the state is gone')
}
