/** States how events are stored on the device, and what happens when it cannot store them. */
import { gate, openPage, visitorIn, waiting } from '@headwater/testkit/fake-page'
import {
  createFakeIds,
  createFakePorts,
  createFakeStorage,
  type FakePorts,
  noon,
  problem,
  receipt,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createCore } from '../client.ts'
import type { Notices } from '../notices.ts'
import { readOptions } from '../options.ts'
import type { Answer } from '../ports.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { utf8Bytes } from './pick.ts'
import { createSyncStorage } from './sync-storage.ts'

const options = {
  token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs',
  endpoint: 'https://t.example.com',
  autoPage: false,
}

/** A client that has found nothing at its start. */
async function start(own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const { client, start: open } = createCore(readOptions(options), ports)
  open()
  const errors: Notices['error'][] = []
  client.on('error', (notice) => errors.push(notice))
  await settled()
  return { ...ports, client, errors }
}

test('events tracked at once are written in one transaction', async () => {
  const storage = createFakeStorage()
  const { append } = storage
  let transactions = 0
  storage.append = (settle) => {
    transactions++
    return append(settle)
  }
  const { client, transport } = await start({ storage })
  for (let index = 0; index < 100; index++) client.track('a')
  await settled()
  expect(transactions).toBe(1)
  await client.flush()
  expect(transport.sent().flat()).toHaveLength(100)
})

test('an event waits for the hash of an earlier identify, so that order is kept', async () => {
  const { promise: hash, open } = gate<string>()
  const { client, storage } = await start({ ids: { ...createFakeIds(), sha256: () => hash } })
  client.identify('u1', { email: 'ann@example.com' })
  client.track('a')
  await settled()
  expect(await storage.count()).toBe(0)
  open('abc')
  await settled()
  expect(await waiting({ storage })).toMatchObject([
    { type: 'identify', identities: [{ value: 'abc' }] },
    { name: 'a' },
  ])
})

describe('while a transaction runs', () => {
  async function startSlow() {
    const storage = createFakeStorage()
    const { append } = storage
    const { promise: ready, open } = gate<void>()
    storage.append = async (settle) => {
      await ready
      return append(settle)
    }
    return { ...(await start({ storage })), finish: open }
  }

  test('new events are written right after it', async () => {
    const { client, storage, finish } = await startSlow()
    client.track('a')
    await settled()
    client.track('b')
    finish()
    await settled()
    expect(await storage.count()).toBe(2)
  })

  test('new events wait for it, and flush waits for both', async () => {
    const { client, transport, finish } = await startSlow()
    client.track('a')
    await settled()
    client.track('b')
    const flushed = client.flush()
    finish()
    await flushed
    expect(transport.sent()).toEqual([['a', 'b']])
  })
})

describe('a full queue', () => {
  test('drops and counts events beyond 10 000, and takes more once there is room', async () => {
    const { client, transport, storage } = await start()
    const dropped: unknown[] = []
    client.on('dropped', (notice) => dropped.push(notice))
    transport.alwaysReplyWith({ status: 0 })
    for (let index = 0; index < 10_003; index++) client.track(`e${index}`)
    await settled()
    expect(await storage.count()).toBe(10_000)
    expect(dropped).toEqual(Array(3).fill({ reason: 'queue_full', count: 1 }))

    transport.alwaysReplyWith(({ batch }) => ({ status: 200, body: receiptBody(batch.events.length) }))
    await client.flush()
    expect(transport.requests.find(({ batch }) => batch.dropped)?.batch.dropped).toEqual({ queue_full: 3 })
    client.track('after')
    await client.flush()
    expect(transport.sent().at(-1)).toEqual(['after'])
  })
})

describe('a full device', () => {
  /** A client on a device that holds about three events, and a collector that is away. */
  async function startSmall() {
    const page = openPage({}, { storage: createFakeStorage(createMemoryStorage(1_600)) })
    page.transport.alwaysReplyWith({ status: 0 })
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      page.client.track(name)
      await settled()
    }
    return page
  }

  test('keeps the newest events; the oldest are dropped, and each is counted', async () => {
    const page = await startSmall()
    expect((await waiting(page)).map(({ name }) => name)).toEqual(['c', 'd', 'e'])
    expect(page.notices.dropped).toEqual(Array(2).fill({ reason: 'queue_full', count: 1 }))
  })

  test('makes the client report how many were dropped, as soon as possible', async () => {
    const page = await startSmall()
    page.transport.alwaysReplyWith(({ batch }) => receipt(batch.events.length))
    await page.client.flush()
    expect(page.transport.requests.at(-1)?.batch.dropped).toEqual({ queue_full: 2 })
  })

  test('causes one notice for all events dropped by one write', async () => {
    const page = openPage({}, { storage: createFakeStorage(createMemoryStorage(1_600)) })
    page.transport.alwaysReplyWith({ status: 0 })
    for (const name of ['a', 'b', 'c', 'd', 'e']) page.client.track(name)
    await settled()
    expect(page.notices.dropped).toEqual([{ reason: 'queue_full', count: 2 }])
  })
})

describe('the id record', () => {
  test('is written with the events, for other subdomains and for the next page', async () => {
    const page = openPage()
    page.client.track('a')
    await settled()
    const [event] = page.events()
    const [visitor, session] = [event?.anonymous_id, event?.session?.id]
    expect(page.syncStorage.read('id')).toBe(`1.${visitor}.${session}.${noon}.${noon}`)
  })

  test('that another tab deleted is not written again by a leaving page, which sends a new visitor', async () => {
    const page = openPage()
    page.client.track('a')
    await page.client.flush()
    page.syncStorage.write('id')
    page.client.track('b')
    page.lifecycle.leave()
    const [a, b] = page.events()
    expect(b?.anonymous_id).not.toBe(a?.anonymous_id)
    expect(page.syncStorage.read('id')?.split('.')[1]).toBe(b?.anonymous_id)
  })

  test('that the device never kept, as with blocked cookies, does not count as deleted: a leaving page keeps its visitor', async () => {
    const page = openPage({}, { syncStorage: createSyncStorage(Object.freeze({})) })
    page.syncStorage.read = () => undefined
    page.client.track('a')
    await page.client.flush()
    page.client.track('b')
    page.lifecycle.leave()
    const [a, b] = page.events()
    expect(b?.anonymous_id).toBe(a?.anonymous_id)
  })

  test('is used by a leaving page before storage has answered', async () => {
    const storage = createFakeStorage()
    storage.hang()
    const page = openPage({}, { storage })
    page.syncStorage.write('id', `1.a9.s9.${noon - 60_000}.${noon - 1_000}`)
    page.client.track('a')
    page.lifecycle.leave()
    expect(page.events()).toMatchObject([
      { anonymous_id: 'a9', session: { id: 's9', started_at: '2026-11-20T11:59:00.000Z' } },
    ])
    expect(page.syncStorage.read('id')).toBe(`1.a9.s9.${noon - 60_000}.${noon}`)
  })

  test('of another subdomain wins if it is later, and its session continues without a landing', async () => {
    const page = openPage()
    page.client.identify('u1')
    await settled()
    await page.clock.advance(60_000)
    page.syncStorage.write('id', `1.a9.s9.${noon + 30_000}.${noon + 30_000}`)
    page.client.track('b')
    await page.client.flush()
    const b = page.events().at(-1)
    expect(b).toMatchObject({ name: 'b', anonymous_id: 'a9', session: { id: 's9' } })
    expect(b).not.toHaveProperty('user_id')
    expect(b?.session).not.toHaveProperty('landing_url')
  })

  test('that is older than what is stored changes nothing', async () => {
    const page = openPage()
    page.client.track('a')
    await settled()
    page.syncStorage.write('id', `1.a9.s9.${noon - 1}.${noon - 1}`)
    page.client.track('b')
    await page.client.flush()
    const [a, b] = page.events()
    expect(b?.anonymous_id).toBe(a?.anonymous_id)
  })

  test('is overwritten if it is unreadable', async () => {
    const page = openPage()
    page.syncStorage.write('id', 'GA1.2.garbage')
    page.client.track('a')
    await page.client.flush()
    expect(page.events()[0]?.anonymous_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(page.syncStorage.read('id')).toMatch(/^1\./)
  })

  test('has a new visitor and no session after a reset, for other subdomains too', async () => {
    const page = openPage()
    page.client.track('a')
    await settled()
    await page.clock.advance(1_000)
    page.client.reset()
    await settled()
    const [a] = page.events()
    expect(page.syncStorage.read('id')).toMatch(new RegExp(`^1\\.[0-9a-f-]{36}\\.\\.\\.${noon + 1_000}$`))
    expect(page.syncStorage.read('id')).not.toContain(`${a?.anonymous_id}`)
  })

  test('makes two tabs one visitor, even if the second has a storage of its own, as on another subdomain', async () => {
    const one = openPage()
    one.client.track('a')
    await one.client.flush()
    await one.clock.advance(1_000)
    const two = openPage({}, { syncStorage: one.syncStorage, clock: one.clock })
    two.client.track('b')
    await two.client.flush()
    const [a, b] = [one.events()[0], two.events()[0]]
    expect(b).toMatchObject({ anonymous_id: a?.anonymous_id, session: { id: a?.session?.id } })
  })
})

describe('what is stored on a device', () => {
  test('is the visitor, the waiting events, and the texts by name', async () => {
    const page = openPage()
    page.transport.alwaysReplyWith({ ...problem(503), retryAfter: '60' })
    page.client.identify('u1')
    page.client.track('a')
    await page.client.flush()
    const { records, texts } = await page.client.stored()
    const [visitor, events] = [await visitorIn(page), await page.storage.peek(9)]
    expect(visitor).toMatchObject({ userId: 'u1', session: { landingUrl: 'https://shop.example/' } })
    expect(events).toHaveLength(2)
    expect(records).toEqual(expect.arrayContaining([visitor, ...events]))
    expect(texts).toEqual({ id: page.syncStorage.read('id'), pace: expect.stringContaining('pausedUntil') })
  })

  test('is nothing on a new device', async () => {
    expect(await openPage().client.stored()).toMatchObject({ texts: {} })
    expect(await waiting(openPage())).toEqual([])
  })

  test('is nothing after forget, and later events are of a new visitor in a new stream', async () => {
    const page = openPage()
    page.transport.alwaysReplyWith({ status: 0 })
    page.client.identify('u1')
    await page.client.flush()
    await page.client.forget()
    expect(await visitorIn(page)).toBeUndefined()
    expect(await waiting(page)).toEqual([])
    expect(page.syncStorage.names()).toEqual([])

    page.transport.alwaysReplyWith(({ batch }) => receipt(batch.events.length))
    page.client.track('b')
    await page.client.flush()
    const [before, after] = page.events()
    expect(page.transport.sent()).toEqual([[undefined], ['b']])
    expect(after).toMatchObject({ name: 'b', seq: 1 })
    expect(after).not.toHaveProperty('user_id')
    for (const key of ['anonymous_id', 'stream'] as const) expect(after?.[key]).not.toBe(before?.[key])
  })

  test('is forgotten along with events that are not written yet', async () => {
    const page = openPage()
    page.client.track('a')
    const forgotten = page.client.forget()
    page.client.track('b')
    await forgotten
    await page.client.flush()
    expect(page.events().map(({ name }) => name)).toEqual(['b'])
  })

  test('is forgotten during a request, whose answer brings nothing back', async () => {
    const page = openPage()
    const slow = gate<Answer>()
    page.transport.replyWith(slow.promise)
    page.client.track('a')
    const flushed = page.client.flush()
    await settled()
    await page.client.forget()
    slow.open({ status: 0 })
    await flushed
    expect(await waiting(page)).toEqual([])
    expect(await visitorIn(page)).toBeUndefined()
  })

  test('is forgotten along with the pause that the collector has asked for', async () => {
    const page = openPage()
    page.transport.replyWith({ ...problem(503), retryAfter: '60' })
    page.client.track('a')
    await page.client.flush()
    await page.client.forget()
    expect(page.syncStorage.read('pace')).toBeUndefined()
  })
})

describe('when the storage fails', () => {
  test('from the start, events are delivered from memory, and one error is reported', async () => {
    const { client, storage, transport, errors } = await start()
    const cause = new Error('no disk')
    storage.failWith(cause)
    client.track('a')
    await client.flush()
    client.track('b')
    await client.flush()
    expect(transport.sent()).toEqual([['a'], ['b']])
    expect(errors).toEqual([{ code: 'storage_failed', message: expect.stringContaining('no disk'), cause }])
  })

  test('in two calls at once, one error is reported, and nothing that memory took over is lost', async () => {
    const storage = createFakeStorage()
    const { promise: failing, open } = gate<void>()
    const { client, transport, errors } = await start({ storage })
    const fail = async () => {
      await failing
      throw new Error('no disk')
    }
    Object.assign(storage, { append: fail, peek: fail, count: fail })
    const flushed = client.flush()
    await settled()
    client.track('a')
    await settled()
    open()
    await flushed
    await client.flush()
    expect(transport.sent()).toEqual([['a']])
    expect(errors).toHaveLength(1)
  })

  test('later on, visitor and session continue', async () => {
    const { client, storage, transport, errors } = await start()
    client.identify('u1')
    await client.flush()
    storage.failWith(new Error('gone'))
    client.track('a')
    await client.flush()
    const [before, after] = transport.requests.flatMap(({ batch }) => batch.events)
    expect(after).toMatchObject({
      anonymous_id: before?.anonymous_id,
      user_id: 'u1',
      session: { id: before?.session?.id },
    })
    expect(errors).toHaveLength(1)
  })

  test('events in memory outlive an outage of the collector as long as the page', async () => {
    const { client, storage, transport, clock } = await start()
    storage.failWith(new Error('no disk'))
    transport.replyWith({ status: 0 }, { status: 503 })
    client.track('a')
    await clock.advance(10_000)
    expect(transport.sent()).toEqual([['a'], ['a'], ['a']])
  })

  test('a leaving page sends what only its memory has', async () => {
    const { client, storage, transport, lifecycle } = await start()
    storage.failWith(new Error('no disk'))
    client.track('a')
    await settled()
    lifecycle.leave()
    expect(transport.requests).toMatchObject([{ isLeaving: true, batch: { events: [{ name: 'a' }] } }])
  })
})

describe('when nothing can be written, not even to memory', () => {
  test('taken events are lost and counted, flush resolves, and later events are written', async () => {
    const { client, syncStorage, transport } = await start()
    const dropped: Notices['dropped'][] = []
    client.on('dropped', (notice) => dropped.push(notice))
    const { read } = syncStorage
    syncStorage.read = (name) => {
      if (name !== 'id') return read(name)
      throw new Error('broken') // so that every transaction fails
    }
    client.track('a')
    client.track('b')
    await expect(client.flush()).resolves.toBeUndefined()
    expect(dropped).toEqual([{ reason: 'invalid_event', count: 2, message: 'Error: broken' }])

    syncStorage.read = read
    client.track('c')
    await client.flush()
    expect(transport.sent()).toEqual([['c']])
  })
})

test.each([
  ['plain', 5],
  ['é', 2],
  ['€', 3],
  ['😀', 4],
  ['100 %', 5],
])('%s is %s bytes long', (text, bytes) => {
  expect(utf8Bytes(text)).toBe(bytes)
})

test('a lone surrogate in JSON can be measured', () => {
  expect(utf8Bytes(JSON.stringify('\ud800'))).toBe('"\\ud800"'.length)
})

function receiptBody(events: number) {
  return { request_id: 'r', received_at: '', accepted: events, duplicate: 0, rejected: 0, results: [] }
}
