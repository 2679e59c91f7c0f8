/** States how events are kept in the app's storage. */
import { exerciseStorage, maxBytes } from '@headwater/testkit/exercise-storage'
import { createFakeStore, type FakeStore, storeForms } from '@headwater/testkit/fake-app'
import { createFakeClock } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { State } from '../core/records.ts'
import { type AppStorage, createAppStorage } from './storage.ts'
import { createTexts } from './texts.ts'

const prefix = 'headwater/t.example.com/abcd1234/'
const state: State = { v: 2, anonymousId: 'a1', seenAt: 1 }
const event = (key: string) => ({ key, json: JSON.stringify(key.padEnd(8)) })

function open(store: FakeStore, refusals: unknown[] = [], clock = createFakeClock()): AppStorage {
  const onRefusal = (cause: unknown) => refusals.push(cause)
  return createAppStorage(createTexts({ store, prefix, clock, onRefusal }), maxBytes)
}

const put = (storage: AppStorage, ...keys: string[]) =>
  storage.append((stored) => ({ state: stored ?? state, events: keys.map(event) }))
const keysIn = async (storage: AppStorage) => (await storage.peek(100)).map(({ key }) => key)
const namesIn = ({ texts }: FakeStore) => [...texts.keys()].map((name) => name.replace(prefix, '')).sort()

for (const form of storeForms) {
  exerciseStorage(`an app's storage (${form})`, async () => {
    const storage = open(createFakeStore(form))
    return [storage, storage] // an app is one process
  })

  describe(`an app's storage (${form})`, () => {
    test('an event is one text, which the next start finds, in the order of the keys', async () => {
      const store = createFakeStore(form)
      await put(open(store), 'k2', 'k1')
      expect(namesIn(store)).toEqual(['qk1~10', 'qk2~10', 'state'])
      const next = open(store)
      expect(await next.peek(10)).toEqual([event('k1'), event('k2')])
      expect((await put(next, 'k3')).state).toEqual(state)
    })

    test('removed events are gone at the next start, and the texts of the app are untouched', async () => {
      const store = createFakeStore(form)
      store.texts.set('theirs', 'kept')
      const storage = open(store)
      await put(storage, 'k1', 'k2')
      await storage.remove([event('k1')])
      expect(await keysIn(open(store))).toEqual(['k2'])
      await storage.clear()
      expect(namesIn(store)).toEqual(['theirs'])
    })
  })
}

test('state and events are written in one transaction', async () => {
  const store = createFakeStore()
  await put(open(store), 'k1', 'k2', 'k3')
  expect(store.writes()).toBe(1)
})

test('an event that replaces an older one with its key takes its place', async () => {
  const store = createFakeStore()
  const storage = open(store)
  await put(storage, 'k1')
  await storage.append(() => ({ state, events: [{ key: 'k1', json: '"longer than before"' }] }))
  expect(namesIn(store)).toEqual(['qk1~20', 'state'])
})

test('an unreadable state counts as none, and the events stay', async () => {
  const store = createFakeStore()
  await put(open(store), 'k1')
  store.texts.set(`${prefix}state`, '{"v":2,"anon')
  const next = open(store)
  const { events } = await next.append((stored) => ({
    state: stored ?? { ...state, anonymousId: 'new' },
    events: [],
  }))
  expect(events).toEqual([])
  expect(await keysIn(next)).toEqual(['k1'])
})

test('events that the app has deleted with all of its storage are skipped', async () => {
  const store = createFakeStore()
  const storage = open(store)
  await put(storage, 'k1')
  store.texts.clear()
  await put(storage, 'k2')
  expect(await keysIn(storage)).toEqual(['k2'])
})

describe('a note', () => {
  test('is written with its event', async () => {
    const store = createFakeStore()
    const storage = open(store)
    storage.noteWith('k1', 'installed')
    expect(await storage.note()).toBeUndefined()
    await put(storage, 'k1')
    expect(await open(store).note()).toBe('installed')
    expect(store.writes()).toBe(1)
  })

  test('is not written with another event, and is deleted with the rest', async () => {
    const store = createFakeStore()
    const storage = open(store)
    storage.noteWith('k2', 'installed')
    await put(storage, 'k1')
    expect(await storage.note()).toBeUndefined()
    await put(storage, 'k2')
    await storage.clear()
    expect(await storage.note()).toBeUndefined()
  })
})

describe('storage that refuses to write', () => {
  test('loses nothing: events wait in memory, and are written with the next ones', async () => {
    const [store, refusals] = [createFakeStore(), [] as unknown[]]
    const storage = open(store, refusals)
    store.refuseWrites(new Error('disk is full'))
    await put(storage, 'k1')
    await put(storage, 'k2')
    expect(await keysIn(storage)).toEqual(['k1', 'k2'])
    expect(refusals).toEqual([new Error('disk is full'), new Error('disk is full')])
    store.refuseWrites()
    await put(storage, 'k3')
    expect(await keysIn(open(store))).toEqual(['k1', 'k2', 'k3'])
  })

  test('an acknowledged event that could not be deleted is not sent again, and is deleted later', async () => {
    const store = createFakeStore()
    const storage = open(store)
    await put(storage, 'k1')
    store.refuseWrites(new Error('disk is full'))
    await storage.remove([event('k1')])
    expect(await keysIn(storage)).toEqual([])
    store.refuseWrites()
    await put(storage, 'k2')
    expect(await keysIn(open(store))).toEqual(['k2'])
  })

  test('events stored earlier and events in memory drain together', async () => {
    const store = createFakeStore()
    await put(open(store), 'k1')
    const storage = open(store)
    store.refuseWrites(new Error('disk is full'))
    await put(storage, 'k2')
    expect(await keysIn(storage)).toEqual(['k1', 'k2'])
  })

  test('a write without an answer counts as refused after 4 s, and holds up nothing after that', async () => {
    const [store, refusals, clock] = [createFakeStore(), [] as unknown[], createFakeClock()]
    const storage = open(store, refusals, clock)
    const release = store.hang()
    const first = put(storage, 'k1')
    await clock.advance(4_000)
    await first
    expect(refusals).toEqual([new Error('no answer in 4000 ms')])
    await put(storage, 'k2')
    expect(await keysIn(storage)).toEqual(['k1', 'k2'])
    release()
    await clock.advance(0)
    await put(storage, 'k3')
    expect(await keysIn(open(store))).toEqual(['k1', 'k2', 'k3'])
  })
})

test('storage that cannot be read rejects, and is read again by the next call', async () => {
  const store = createFakeStore()
  await put(open(store), 'k1')
  const storage = open(store)
  store.refuseReads(new Error('corrupt'))
  await expect(put(storage, 'k2')).rejects.toThrow('corrupt')
  store.refuseReads()
  expect(await keysIn(storage)).toEqual(['k1'])
})

test('3,000 events are counted and read without reading all of them first', async () => {
  const store = createFakeStore()
  const clock = createFakeClock()
  const big = createAppStorage(createTexts({ store, prefix, clock, onRefusal: () => {} }), 1_000_000)
  const keys = Array.from({ length: 3_000 }, (_, i) => `k${10_000 + i}`)
  await put(big, ...keys)
  let read = 0
  const counting = {
    ...store,
    multiGet: (names: string[]) => {
      read += names.length
      return store.multiGet?.(names) ?? []
    },
  }
  const next = createAppStorage(
    createTexts({ store: counting, prefix, clock, onRefusal: () => {} }),
    1_000_000,
  )
  expect(await next.count()).toBe(3_000)
  expect((await next.peek(100)).map(({ key }) => key)).toEqual(keys.slice(0, 100))
  expect(read).toBe(101) // with the state
})
