// @vitest-environment happy-dom
/** Holds the IndexedDB storage to what a Storage must do, and states how it looks from outside. */
import 'fake-indexeddb/auto'
import { exerciseStorage, maxBytes } from '@headwater/testkit/exercise-storage'
import { gate } from '@headwater/testkit/fake-page'
import { settled } from '@headwater/testkit/fake-ports'
import { createStore, get, keys, set } from 'idb-keyval'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Storage } from '../core/ports.ts'
import { createIndexedDbStorage } from './storage.ts'

let opened = 0
const newName = () => `headwater/test/${++opened}`
const create = (name = newName()) => createIndexedDbStorage(name, maxBytes)
const event = { key: '0199', json: '{"a":"b"}' }
const state = { v: 2, anonymousId: 'a1', seenAt: 1 } as const
const databases = async () => (await indexedDB.databases()).map(({ name }) => name)

beforeEach(() => void vi.stubGlobal('navigator', {})) // no Web Locks, as in a page without a secure context
afterEach(() => void vi.unstubAllGlobals())

exerciseStorage('IndexedDB', async () => {
  const name = newName()
  return [create(name), create(name)]
})

describe('seen from outside', () => {
  test('the database holds one store, the state under its name, and a record for each event', async () => {
    const name = newName()
    await create(name).append(() => ({ state, events: [event] }))
    const records = createStore(name, 'records')
    expect(await get('state', records)).toEqual(state)
    expect(await get('q0199', records)).toEqual(event)
    expect((await keys(records)).sort()).toEqual(['bytes', 'q0199', 'state'])
  })

  test('the sum of what waits stands beside it, and is right again when nothing waits', async () => {
    const name = newName()
    const [one, two] = [create(name), create(name)]
    const records = createStore(name, 'records')
    await one.append(() => ({ state, events: [event, { ...event, key: '0200' }] }))
    expect(await get('bytes', records)).toBe(18)
    await one.remove([event])
    expect(await get('bytes', records)).toBe(9)
    await Promise.all([one.remove([event]), two.remove([event])])
    expect(await get('bytes', records)).toBeGreaterThanOrEqual(0)
    await two.remove([{ ...event, key: '0200' }])
    expect(await get('bytes', records)).toBe(0)
  })

  test('an event appended twice counts twice in it, until nothing waits', async () => {
    const name = newName()
    const storage = create(name)
    const records = createStore(name, 'records')
    for (let time = 0; time < 2; time++) await storage.append(() => ({ state, events: [event] }))
    expect(await get('bytes', records)).toBe(18)
    await storage.remove([event])
    expect(await get('bytes', records)).toBe(0)
  })

  test('an event that an older version has left is none of ours, until all is cleared', async () => {
    const name = newName()
    const storage = create(name)
    await storage.count() // makes the database
    await set('e0198', { idempotency_key: '0198', type: 'track' }, createStore(name, 'records'))
    expect([await storage.count(), await storage.peek(10)]).toEqual([0, []])
    expect(await storage.dump()).toHaveLength(1)
    await storage.clear()
    expect(await storage.dump()).toEqual([])
  })

  test('making a storage makes no database; nor does clearing or looking where there is none', async () => {
    const name = newName()
    const storage = create(name)
    expect(await databases()).not.toContain(name)
    await storage.clear()
    expect(await storage.dump()).toEqual([])
    expect(await databases()).not.toContain(name)
  })

  test('what another page has put there is found by a storage that has not been used yet', async () => {
    const name = newName()
    await create(name).append(() => ({ state, events: [event] }))
    expect(await create(name).dump()).toContainEqual(event)
    await create(name).clear()
    expect(await create(name).dump()).toEqual([])
  })

  test('where databases cannot be listed, clearing clears all the same', async () => {
    const storage = create()
    await storage.append(() => ({ state, events: [event] }))
    vi.stubGlobal(
      'indexedDB',
      new Proxy(indexedDB, {
        get: (target, name) => {
          const value = Reflect.get(target, name)
          return name === 'databases' ? undefined : typeof value === 'function' ? value.bind(target) : value
        },
      }),
    )
    await storage.clear()
    expect(await storage.count()).toBe(0)
  })

  test.each([
    ['append', (storage: Storage) => storage.append(() => ({ state, events: [] }))],
    ['peek', (storage: Storage) => storage.peek(1)],
    ['remove', (storage: Storage) => storage.remove([event])],
    ['count', (storage: Storage) => storage.count()],
    ['dump', (storage: Storage) => storage.dump()],
    ['clear', (storage: Storage) => storage.clear()],
  ])('without IndexedDB %s fails when it is called, not before', async (_, call) => {
    vi.stubGlobal('indexedDB', undefined)
    const storage = create()
    await expect(async () => call(storage)).rejects.toThrow()
  })
})

describe('locks', () => {
  test('an exclusive task holds the Web Lock with the name of the database', async () => {
    const held: string[] = []
    const request = async (lock: string, task: () => Promise<void>) => {
      held.push(lock)
      await task()
      held.push('released')
    }
    vi.stubGlobal('navigator', { locks: { request } })
    const name = newName()
    await create(name).alone(async () => void held.push('task'))
    expect(held).toEqual([name, 'task', 'released'])
  })

  type Request = (lock: string, task: () => Promise<void>) => Promise<void>
  test.each<[string, Request]>([
    ['cannot be had', () => Promise.reject(new Error('SecurityError'))],
    [
      'is taken away while the task runs',
      async (_, task) => {
        void task()
        throw new Error('AbortError')
      },
    ],
    [
      'fails after the task has run',
      async (_, task) => {
        await task()
        throw new Error('AbortError')
      },
    ],
  ])('where the Web Lock %s, the task runs once all the same, to its end', async (_, request) => {
    vi.stubGlobal('navigator', { locks: { request } })
    const steps: string[] = []
    await create().alone(async () => {
      steps.push('begins')
      await Promise.resolve()
      steps.push('ends')
    })
    expect(steps).toEqual(['begins', 'ends'])
  })

  test('a task that fails under the lock runs once, and says why', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_: string, task: () => Promise<void>) => task() } })
    let runs = 0
    const failing = create().alone(async () => {
      runs++
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(runs).toBe(1)
  })

  describe('held by a page that is left', () => {
    test.each<[string, () => void]>([
      ['pagehide', () => window.dispatchEvent(new Event('pagehide'))],
      ['freeze', () => document.dispatchEvent(new Event('freeze'))],
    ])('is released at %s, and the task runs on to its end', async (_, leave) => {
      const steps: string[] = []
      const request = async (_: string, task: () => Promise<void>) => {
        await task()
        steps.push('released')
      }
      vi.stubGlobal('navigator', { locks: { request } })
      const { promise: answered, open } = gate<void>()
      const run = create().alone(async () => {
        await answered
        steps.push('ended')
      })
      leave()
      await settled()
      expect(steps).toEqual(['released'])
      open()
      await run
      expect(steps).toEqual(['released', 'ended'])
    })

    test('and come back to is held again, and released again', async () => {
      let released = 0
      const request = async (_: string, task: () => Promise<void>) => {
        await task()
        released++
      }
      vi.stubGlobal('navigator', { locks: { request } })
      const storage = create()
      for (const round of [1, 2]) {
        const { promise: answered, open } = gate<void>()
        const run = storage.alone(() => answered)
        window.dispatchEvent(new Event('pagehide'))
        await settled()
        expect(released).toBe(round)
        open()
        await run
      }
    })
  })
})
