/** What every implementation of the SDK's Storage port must do. */
import type { WireEvent } from '@headwater/contract'
import { describe, expect, test } from 'vitest'
import type { Storage } from '../../../sdk/src/core/ports.ts'
import type { State } from '../../../sdk/src/core/state.ts'

const event = (key: string): WireEvent => ({
  idempotency_key: key,
  type: 'track',
  name: key,
  occurred_at: '2026-11-20T12:00:00.000Z',
})
const state: State = { v: 1, anonymousId: 'a1' }
const keysOf = (events: WireEvent[]) => events.map(({ idempotency_key }) => idempotency_key)
const put = (storage: Storage, ...keys: string[]) =>
  storage.append((stored) => ({ state: stored ?? state, events: keys.map(event) }))

/** `open` answers two handles on one empty store, as two tabs have them; one handle twice where there are no tabs. */
export function exerciseStorage(name: string, open: () => Promise<[Storage, Storage]>): void {
  describe(`${name} is a Storage`, () => {
    test('a new store has no state and no events', async () => {
      const [storage] = await open()
      let stored: State | undefined = state
      await storage.append((found) => {
        stored = found
        return { state, events: [] }
      })
      expect(stored).toBeUndefined()
      expect(await storage.peek(10)).toEqual([])
      expect(await storage.count()).toBe(0)
    })

    test('append answers what settle did, and the next append sees its state', async () => {
      const [storage, other] = await open()
      const session = { id: 's1', startedAt: 1, lastSeenAt: 2, utm: { source: 'news' }, clickIds: {} }
      const next: State = { ...state, userId: 'u1', session }
      const settled = await storage.append(() => ({ state: next, events: [event('k1')] }))
      expect(settled).toEqual({ state: next, events: [event('k1')] })
      await other.append((stored) => {
        expect(stored).toEqual(next)
        return { state: next, events: [] }
      })
    })

    test('events come back whole and in the order of their keys, at most as many as asked', async () => {
      const [storage, other] = await open()
      await put(storage, 'k1', 'k2')
      await put(other, 'k3')
      expect(await storage.peek(2)).toEqual([event('k1'), event('k2')])
      expect(keysOf(await other.peek(10))).toEqual(['k1', 'k2', 'k3'])
    })

    test('appends at the same time wait for each other, so neither loses the other state', async () => {
      const [storage, other] = await open()
      const visit = (tab: Storage) =>
        tab.append((stored) => ({
          state: { v: 1, anonymousId: `${stored?.anonymousId ?? ''}+` },
          events: [],
        }))
      await Promise.all([visit(storage), visit(other), visit(storage)])
      const settled = await visit(other)
      expect(settled.state.anonymousId).toBe('++++')
    })

    test('remove forgets the events it names and nothing else; a key nobody knows is no error', async () => {
      const [storage] = await open()
      await put(storage, 'k1', 'k2', 'k3')
      await storage.remove(['k1', 'k3', 'nobody'])
      expect(keysOf(await storage.peek(10))).toEqual(['k2'])
      expect(await storage.count()).toBe(1)
    })

    test('an event appended twice is kept once', async () => {
      const [storage] = await open()
      await put(storage, 'k1')
      await put(storage, 'k1')
      expect(await storage.count()).toBe(1)
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
      await storage.exclusively(async () => {
        await put(storage, 'k1')
        steps.push('task')
      })
      steps.push('after')
      expect(steps).toEqual(['task', 'after'])
    })

    test('an exclusive task that fails has run once, says why, and keeps nobody from the next one', async () => {
      const [storage, other] = await open()
      const ran: string[] = []
      const failing = storage.exclusively(async () => {
        ran.push('failing')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      await other.exclusively(async () => void ran.push('next'))
      expect(ran).toEqual(['failing', 'next'])
    })
  })
}
