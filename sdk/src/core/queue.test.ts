/** States how events are kept on the device, and what happens when it cannot keep them. */
import {
  createFakeIds,
  createFakePorts,
  createFakeStorage,
  type FakePorts,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createCoreClient } from './client.ts'
import type { Notices } from './notices.ts'
import { readOptions } from './options.ts'
import { utf8Bytes } from './queue.ts'

const options = {
  token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs',
  endpoint: 'https://t.example.com',
  autoPage: false,
}

/** A client that has found nothing at its start. */
async function start(own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const client = createCoreClient(readOptions(options), ports)
  const errors: Notices['error'][] = []
  client.on('error', (notice) => errors.push(notice))
  await settled()
  return { ...ports, client, errors }
}

test('what is tracked in one moment is written in one transaction', async () => {
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
  expect(await storage.peek(9)).toMatchObject([
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

  test('what is tracked is written right after it', async () => {
    const { client, storage, finish } = await startSlow()
    client.track('a')
    await settled()
    client.track('b')
    finish()
    await settled()
    expect(await storage.count()).toBe(2)
  })

  test('what is tracked waits for it, and flush for both', async () => {
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
  test('refuses more than 10 000 events, counts them, and takes more once there is room', async () => {
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

describe('when the storage fails', () => {
  test('from the start, events are delivered from memory, and one error is said', async () => {
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

  test('in two places at once, one error is said, and nothing that memory took over is lost', async () => {
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

  test('later on, the visitor and the visit go on', async () => {
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
  test('what was taken is lost and counted, flush resolves, and what comes next is written', async () => {
    const { client, lifecycle, storage } = await start()
    const dropped: Notices['dropped'][] = []
    client.on('dropped', (notice) => dropped.push(notice))
    const { shown } = lifecycle
    lifecycle.shown = Promise.reject(new Error('broken'))
    client.track('a')
    client.track('b')
    await expect(client.flush()).resolves.toBeUndefined()
    expect(dropped).toEqual([{ reason: 'invalid_event', count: 2, message: 'Error: broken' }])

    lifecycle.shown = shown
    client.track('c')
    await settled()
    expect(await storage.peek(9)).toMatchObject([{ name: 'c' }])
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

/** A promise that is kept when `open` is called. */
function gate<T>() {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

function receiptBody(events: number) {
  return { request_id: 'r', received_at: '', accepted: events, duplicate: 0, rejected: 0, results: [] }
}
