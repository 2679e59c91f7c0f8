/** Holds the IndexedDB storage to what a Storage must do, and states how it looks from outside. */
import 'fake-indexeddb/auto'
import { exerciseStorage } from '@headwater/testkit/exercise-storage'
import { createStore, get } from 'idb-keyval'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Storage } from '../core/ports.ts'
import { createIndexedDbStorage } from './storage.ts'

let opened = 0
const newName = () => `headwater/test/${++opened}`
const event = {
  idempotency_key: '0199',
  type: 'track',
  name: 'a',
  occurred_at: '2026-11-20T12:00:00.000Z',
} as const

beforeEach(() => void vi.stubGlobal('navigator', {})) // no Web Locks, as in a page without a secure context
afterEach(() => void vi.unstubAllGlobals())

exerciseStorage('IndexedDB', async () => {
  const name = newName()
  return [createIndexedDbStorage(name), createIndexedDbStorage(name)]
})

describe('seen from outside', () => {
  test('the database holds one store, the state under its name, and a record for each event', async () => {
    const name = newName()
    const state = { v: 1, anonymousId: 'a1' } as const
    await createIndexedDbStorage(name).append(() => ({ state, events: [event] }))
    const records = createStore(name, 'records')
    expect(await get('state', records)).toEqual(state)
    expect(await get('e0199', records)).toEqual(event)
  })

  test.each([
    [
      'append',
      (storage: Storage) => storage.append(() => ({ state: { v: 1, anonymousId: 'a1' }, events: [] })),
    ],
    ['peek', (storage: Storage) => storage.peek(1)],
    ['remove', (storage: Storage) => storage.remove(['k'])],
    ['count', (storage: Storage) => storage.count()],
  ])('without IndexedDB %s fails when it is called, not before', async (_, call) => {
    vi.stubGlobal('indexedDB', undefined)
    const storage = createIndexedDbStorage(newName())
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
    await createIndexedDbStorage(name).exclusively(async () => void held.push('task'))
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
    await createIndexedDbStorage(newName()).exclusively(async () => {
      steps.push('begins')
      await Promise.resolve()
      steps.push('ends')
    })
    expect(steps).toEqual(['begins', 'ends'])
  })

  test('a task that fails under the lock runs once, and says why', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_: string, task: () => Promise<void>) => task() } })
    let runs = 0
    const failing = createIndexedDbStorage(newName()).exclusively(async () => {
      runs++
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(runs).toBe(1)
  })
})
