// @vitest-environment happy-dom
/** Checks that the IndexedDB storage does what a Storage must do, and states how its database looks. */
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

describe('in the browser', () => {
  test('the database holds one store, the state under its name, and a record for each event', async () => {
    const name = newName()
    await create(name).append(() => ({ state, events: [event] }))
    const records = createStore(name, 'records')
    expect(await get('state', records)).toEqual(state)
    expect(await get('q0199', records)).toEqual(event)
    expect((await keys(records)).sort()).toEqual(['bytes', 'q0199', 'state'])
  })

  test('the size of the waiting events is stored too, and is correct again when nothing waits', async () => {
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

  test('an event left by an older version is ignored until everything is cleared', async () => {
    const name = newName()
    const storage = create(name)
    await storage.count() // creates the database
    await set('e0198', { idempotency_key: '0198', type: 'track' }, createStore(name, 'records'))
    expect([await storage.count(), await storage.peek(10)]).toEqual([0, []])
    expect(await storage.dump()).toHaveLength(1)
    await storage.clear()
    expect(await storage.dump()).toEqual([])
  })

  test('neither creating a storage nor clearing or reading an empty one creates a database', async () => {
    const name = newName()
    const storage = create(name)
    expect(await databases()).not.toContain(name)
    await storage.clear()
    expect(await storage.dump()).toEqual([])
    expect(await databases()).not.toContain(name)
  })

  test('a storage that has not been used yet finds what another page has put there', async () => {
    const name = newName()
    await create(name).append(() => ({ state, events: [event] }))
    expect(await create(name).dump()).toContainEqual(event)
    await create(name).clear()
    expect(await create(name).dump()).toEqual([])
  })

  test('clearing works where databases cannot be listed', async () => {
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
  ])('where the Web Lock %s, the task still runs once, to its end', async (_, request) => {
    vi.stubGlobal('navigator', { locks: { request } })
    const steps: string[] = []
    await create().alone(async () => {
      steps.push('begins')
      await Promise.resolve()
      steps.push('ends')
    })
    expect(steps).toEqual(['begins', 'ends'])
  })

  test('a task that fails under the lock runs once, and its error is passed on', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_: string, task: () => Promise<void>) => task() } })
    let runs = 0
    const failing = create().alone(async () => {
      runs++
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(runs).toBe(1)
  })

  describe('held by a page that leaves', () => {
    test.each<[string, () => void]>([
      ['pagehide', () => window.dispatchEvent(new Event('pagehide'))],
      ['freeze', () => document.dispatchEvent(new Event('freeze'))],
    ])('are released at %s, and the task still runs to its end', async (_, leave) => {
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

    test('are acquired and released again after the page returns', async () => {
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
