/** States what happens when the device's storage fails, or does not answer. */
import { createSlowStorage, deadEnd, gate, openPage, waiting } from '@headwater/testkit/fake-page'
import { createFakePorts, createFakeStorage, type FakePorts, settled } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createEmitter } from '../emitter.ts'
import type { Notices } from '../notices.ts'
import type { State } from '../records.ts'
import { createFallbackStorage } from './fallback-storage.ts'

const known: State = { v: 2, anonymousId: 'a1', seenAt: 1 }

function setUp(own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const { complain, on } = createEmitter(ports.clock)
  const errors: Notices['error'][] = []
  on('error', (notice) => errors.push(notice))
  const parts = { ...ports, complain }
  return { ...ports, use: createFallbackStorage(parts, () => known), errors }
}

describe('a storage that works', () => {
  test('is used, and leaves no timer', async () => {
    const { use, storage, clock, errors } = setUp()
    await use((store) => store.append(() => ({ state: known, events: [{ key: 'k1', json: '{}' }] })))
    expect(await storage.count()).toBe(1)
    expect(clock.timers()).toBe(0)
    expect(errors).toEqual([])
  })

  test('may take its time, up to 5 s', async () => {
    const { use, clock, errors } = setUp()
    const answer = use(() => new Promise<string>((resolve) => void clock.after(4_999, () => resolve('late'))))
    await clock.advance(10_000)
    expect(await answer).toBe('late')
    expect(errors).toEqual([])
  })
})

describe('a storage that fails', () => {
  test.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('no disk'))],
    [
      'throws',
      () => {
        throw new Error('no disk')
      },
    ],
  ])('%s once, and memory takes over with the known state', async (_, dump) => {
    const storage = { ...createFakeStorage(), dump }
    const { use, errors } = setUp({ storage })
    expect(await use((store) => store.dump())).toEqual([known])
    expect(await use((store) => store.dump())).toEqual([known])
    expect(errors).toMatchObject([{ code: 'storage_failed', message: expect.stringContaining('no disk') }])
  })

  test('is not used again, although it would work', async () => {
    const { use, storage } = setUp()
    await use((store) => (store === storage ? Promise.reject(new Error('once')) : store.count()))
    await use((store) => store.append(() => ({ state: known, events: [{ key: 'k1', json: '{}' }] })))
    expect(await storage.count()).toBe(0)
    expect(await use((store) => store.count())).toBe(1)
  })
})

describe('a storage that does not answer', () => {
  test('is given up after 5 s, with one error that says so', async () => {
    const { use, storage, clock, errors } = setUp()
    storage.hang()
    const loaded = use((store) => store.dump())
    const counted = use((store) => store.count())
    await clock.advance(4_999)
    expect(errors).toEqual([])
    await clock.advance(1)
    expect(await Promise.all([loaded, counted])).toEqual([[known], 0])
    expect(errors).toEqual([
      {
        code: 'storage_failed',
        message: expect.stringContaining('no answer in 5000 ms'),
        cause: expect.any(Error),
      },
    ])
    expect(clock.timers()).toBe(0)
  })

  test('because an alert blocks the page gets 2.5 s more afterwards', async () => {
    const { use, clock, errors } = setUp()
    const { promise, open } = gate<number>()
    const counted = use(() => promise)
    await clock.advance(2_500) // the timer that is due once the alert is gone
    open(17)
    await clock.advance(60_000)
    expect(await counted).toBe(17)
    expect(errors).toEqual([])
  })

  test.each<[string, (late: ReturnType<typeof gate<number>>) => void]>([
    ['answers after all', (late) => late.open(17)],
    ['fails after all', (late) => late.open(Promise.reject(new Error('late')) as never)],
  ])('and then %s has no further effect', async (_, end) => {
    const late = gate<number>()
    const storage = { ...createFakeStorage(), count: () => late.promise }
    const { use, clock, errors } = setUp({ storage })
    const counted = use((store) => store.count())
    await clock.advance(5_000)
    end(late)
    await settled()
    expect(await counted).toBe(0)
    expect(errors).toHaveLength(1)
  })
})

describe('a client whose storage does not answer', () => {
  test('delivers its events, reports one error, and throws nothing', async () => {
    const storage = createFakeStorage()
    storage.hang()
    const page = openPage({ autoPage: true }, { storage })
    page.client.track('a')
    await page.clock.advance(5_000)
    page.client.track('b')
    await page.clock.advance(10_000)
    expect(page.events().map(({ name }) => name)).toEqual(['page_view', 'a', 'b'])
    expect(new Set(page.events().map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
    expect(page.notices.error.map(({ code }) => code)).toEqual(['storage_failed'])
    expect(page.notices.dropped).toEqual([])
  })

  test('continues with the visitor and the session of the id record', async () => {
    const storage = createFakeStorage()
    storage.hang()
    const page = openPage({}, { storage })
    page.syncStorage.write('id', `1.a9.s9.${page.clock.now() - 60_000}.${page.clock.now() - 1_000}`)
    page.client.track('a')
    await page.clock.advance(10_000)
    expect(page.events()).toMatchObject([{ anonymous_id: 'a9', session: { id: 's9' } }])
  })

  test('sends each event with one key, even if the storage answers later', async () => {
    const { storage, open } = createSlowStorage()
    const page = openPage({}, { storage })
    page.client.track('a')
    await page.clock.advance(10_000)
    open()
    await settled()
    expect(page.notices.error).toHaveLength(1)
    const next = openPage({}, page.device)
    await settled()
    const keys = [page, next].flatMap(({ events }) => events().map(({ idempotency_key }) => idempotency_key))
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    expect(await waiting(next)).toEqual([])
  })

  test('sends its events on leave, and the next page has them too', async () => {
    const storage = createFakeStorage()
    const page = openPage({}, { storage: { ...storage, append: deadEnd as typeof storage.append } })
    page.transport.alwaysReplyWith(deadEnd())
    page.client.track('a')
    await page.clock.advance(1_000)
    page.lifecycle.leave()
    const next = openPage({}, { ...page.device, storage })
    await settled()
    expect(next.events()).toEqual(page.events())
  })
})

describe('once the storage has failed', () => {
  async function openFailed() {
    const page = openPage()
    page.client.track('a')
    await page.client.flush()
    page.storage.failWith(new Error('no disk'))
    return page
  }

  test('forget rejects, because something may still be stored', async () => {
    const page = await openFailed()
    await expect(page.client.forget()).rejects.toThrow('no disk')
    await expect(page.client.forget()).rejects.toThrow('no disk')
  })

  test('stored shows what the page uses instead', async () => {
    const page = await openFailed()
    const { records } = await page.client.stored()
    expect(records).toMatchObject([{ v: 2, anonymousId: page.events()[0]?.anonymous_id }])
    expect(page.notices.error.map(({ code }) => code)).toEqual(['storage_failed'])
  })
})
