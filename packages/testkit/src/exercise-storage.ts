/** What every implementation of the SDK's Storage port must do. */
import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../sdk/src/core/ports.ts'
import type { State, StoredEvent } from '../../../sdk/src/core/records.ts'

/** Ten characters of JSON. */
const event = (key: string): StoredEvent => ({ key, json: JSON.stringify(key.padEnd(8)) })
const state: State = { v: 2, anonymousId: 'a1', seenAt: 1 }
const keysOf = (events: StoredEvent[]) => events.map(({ key }) => key)
const put = (storage: Storage, ...keys: string[]) =>
  storage.append((stored) => ({ state: stored ?? state, events: keys.map(event) }))

/** The size limit of the stores that `open` creates: 20 events of these tests. */
export const maxBytes = 200
const maxEvents = 20

/** `open` returns two handles on one empty storage, like two tabs; the same handle twice if there are no tabs. */
export function exerciseStorage(name: string, open: () => Promise<[Storage, Storage]>): void {
  describe(`${name} is a Storage`, () => {
    test('a new storage has no state and no events', async () => {
      const [storage] = await open()
      expect(await storage.peek(10)).toEqual([])
      expect(await storage.count()).toBe(0)
      let stored: State | undefined = state
      await storage.append((found) => {
        stored = found
        return { state, events: [] }
      })
      expect(stored).toBeUndefined()
    })

    test('dump returns everything stored, and nothing for an empty storage', async () => {
      const [storage, other] = await open()
      expect(await storage.dump()).toEqual([])
      await put(storage, 'k1')
      expect(await other.dump()).toEqual(expect.arrayContaining([state, event('k1')]))
    })

    test('append resolves with what settle returned, and the next append gets its state', async () => {
      const [storage, other] = await open()
      const session = { id: 's1', startedAt: 1, landingUrl: 'https://shop.example/' }
      const next: State = { ...state, userId: 'u1', session }
      const settled = await storage.append(() => ({ state: next, events: [event('k1')] }))
      expect(settled).toEqual({ state: next, events: [event('k1')], lost: 0 })
      await other.append((stored) => {
        expect(stored).toEqual(next)
        return { state: next, events: [] }
      })
    })

    test('peek returns whole events in the order of their keys, at most as many as asked for', async () => {
      const [storage, other] = await open()
      await put(storage, 'k1', 'k2')
      await put(other, 'k3')
      expect(await storage.peek(2)).toEqual([event('k1'), event('k2')])
      expect(keysOf(await other.peek(10))).toEqual(['k1', 'k2', 'k3'])
    })

    test('concurrent appends wait for each other, so neither loses the other’s state', async () => {
      const [storage, other] = await open()
      const visit = (tab: Storage) =>
        tab.append((stored) => ({
          state: { v: 2, anonymousId: `${stored?.anonymousId ?? ''}+`, seenAt: 1 },
          events: [],
        }))
      await Promise.all([visit(storage), visit(other), visit(storage)])
      const settled = await visit(other)
      expect(settled.state.anonymousId).toBe('++++')
    })

    test('remove deletes the given events and nothing else; an unknown key is no error', async () => {
      const [storage] = await open()
      await put(storage, 'k1', 'k2', 'k3')
      await storage.remove([event('k1'), event('k3'), event('unknown')])
      expect(keysOf(await storage.peek(10))).toEqual(['k2'])
      expect(await storage.count()).toBe(1)
    })

    test('beyond the size limit the oldest events are dropped and counted', async () => {
      const [storage, other] = await open()
      const keys = Array.from({ length: maxEvents }, (_, i) => `k${10 + i}`)
      await put(storage, ...keys)
      const { lost } = await put(other, 'k98', 'k99')
      expect(lost).toBe(2)
      expect(keysOf(await storage.peek(100))).toEqual([...keys.slice(2), 'k98', 'k99'])
    })

    test('removed events make room', async () => {
      const [storage, other] = await open()
      const keys = Array.from({ length: maxEvents }, (_, i) => `k${10 + i}`)
      await put(storage, ...keys)
      await other.remove([event('k10'), event('k11')])
      await storage.remove([event('k10'), event('k12')])
      expect(await put(other, 'k97', 'k98', 'k99')).toMatchObject({ lost: 0 })
    })

    test('clear deletes the events and the state', async () => {
      const [storage, other] = await open()
      await put(storage, 'k1')
      await other.clear()
      expect(await storage.count()).toBe(0)
      expect(await storage.dump()).not.toContainEqual(state)
      await put(storage, 'k2')
      expect(keysOf(await storage.peek(10))).toEqual(['k2'])
    })

    test('clear also deletes what is being appended, even in a storage that has not been used yet', async () => {
      const [storage] = await open()
      const appended = put(storage, 'k1')
      await Promise.all([appended, storage.clear()])
      expect(await storage.count()).toBe(0)
      expect(await storage.dump()).not.toContainEqual(state)
    })

    test('an event appended twice is kept once', async () => {
      const [storage, other] = await open()
      await put(storage, 'k1')
      await put(other, 'k1')
      expect(await storage.peek(10)).toEqual([event('k1')])
      expect(await storage.count()).toBe(1)
    })

    test('an event larger than the size limit is dropped, with all older ones', async () => {
      const [storage] = await open()
      await put(storage, 'k1')
      const huge = { key: 'k2', json: JSON.stringify('x'.repeat(maxBytes)) }
      const { lost } = await storage.append((stored) => ({ state: stored ?? state, events: [huge] }))
      expect(lost).toBe(2)
      expect(await storage.count()).toBe(0)
      expect(await put(storage, 'k3')).toMatchObject({ lost: 0 })
    })

    test('a settle that throws rejects the append and changes nothing', async () => {
      const [storage] = await open()
      await put(storage, 'k1')
      const broken = storage.append(() => {
        throw new Error('no')
      })
      await expect(broken).rejects.toThrow('no')
      expect(keysOf(await storage.peek(10))).toEqual(['k1'])
    })

    test('an exclusive task runs to its end before the promise resolves', async () => {
      const [storage] = await open()
      const steps: string[] = []
      await storage.alone(async () => {
        await put(storage, 'k1')
        steps.push('task')
      })
      steps.push('after')
      expect(steps).toEqual(['task', 'after'])
    })

    test('an exclusive task that fails runs once, rejects with its error, and does not block the next one', async () => {
      const [storage, other] = await open()
      const ran: string[] = []
      const failing = storage.alone(async () => {
        ran.push('failing')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      await other.alone(async () => void ran.push('next'))
      expect(ran).toEqual(['failing', 'next'])
    })
  })
}
