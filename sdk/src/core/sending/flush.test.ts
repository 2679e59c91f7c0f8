/** States when events are sent: by count, by time, on return, on leave, by one page at a time. */
import { openPage, waiting } from '@headwater/testkit/fake-page'
import {
  createFakeIds,
  createFakePorts,
  createFakeTransport,
  type FakePorts,
  noon,
  problem,
  receipt,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { Client } from '../api.ts'
import { createCore } from '../client.ts'
import type { Notices } from '../notices.ts'
import { readOptions } from '../options.ts'
import type { Answer } from '../ports.ts'

const needed = { token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs', endpoint: 'https://t.example.com' }

/** A client that has already sent what it found when it started. */
async function start(options: { batchSize?: number } = {}, own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const { client, start: open } = createCore(readOptions({ ...needed, autoPage: false, ...options }), ports)
  open()
  await settled()
  return { ...ports, client }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 1}`)

/** An answer that the test releases. */
function later<T = Answer>() {
  let answer: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    answer = resolve
  })
  return { promise, answer }
}

describe('by count and time', () => {
  test('an event is sent within the interval, together with later ones', async () => {
    const { client, clock, transport } = await start()
    client.track('a')
    await clock.advance(4_000)
    client.track('b')
    await clock.advance(999)
    expect(transport.requests).toEqual([])
    await clock.advance(1)
    expect(transport.sent()).toEqual([['a', 'b']])
  })

  test('a full batch is sent at once, and no batch is larger', async () => {
    const { client, clock, transport } = await start({ batchSize: 3 })
    for (const name of names(7)) client.track(name)
    await clock.advance(0)
    expect(transport.sent()).toEqual([['e1', 'e2', 'e3'], ['e4', 'e5', 'e6'], ['e7']])
  })

  test('nothing is sent while nothing waits, and one timer looks for what other pages have left', async () => {
    const { client, clock, transport } = await start()
    client.track('a')
    await clock.advance(3_600_000)
    expect(transport.requests).toHaveLength(1)
    expect(clock.timers()).toBe(1)
  })

  test('flush sends what was tracked just before it, even while another flush is running', async () => {
    const { client, transport } = await start()
    const slow = later()
    transport.replyWith(slow.promise)
    client.track('a')
    const first = client.flush()
    await settled()
    client.track('b')
    const second = client.flush()
    slow.answer(receipt(1))
    await Promise.all([first, second])
    expect(transport.sent()).toEqual([['a'], ['b']])
  })

  test('flush resolves although nothing could be delivered', async () => {
    const { client, transport } = await start()
    transport.alwaysReplyWith({ status: 0 })
    client.track('a')
    await expect(client.flush()).resolves.toBeUndefined()
  })
})

describe('during an outage', () => {
  test('of 8 s, 200 events cause at most four requests, and are delivered within 5 s afterwards', async () => {
    const { client, clock, transport } = await start()
    transport.alwaysReplyWith((request) =>
      clock.now() < noon + 8_000 ? { status: 503 } : receipt(request.batch.events.length),
    )
    for (const name of names(200)) {
      client.track(name)
      await clock.advance(10)
    }
    await clock.advance(11_000)
    const [failed, delivered] = [transport.sent().slice(0, -2), transport.sent().slice(-2)]
    expect(failed.length).toBeLessThanOrEqual(4)
    expect(delivered.flat()).toEqual(names(200))
  })

  test('returning to the page sends at once', async () => {
    const { client, clock, transport, lifecycle } = await start()
    transport.replyWith({ status: 0 }, { status: 0 }, { status: 0 })
    client.track('a')
    await clock.advance(8_500)
    const before = transport.requests.length
    lifecycle.resume()
    await settled()
    expect(transport.requests).toHaveLength(before + 1)
  })
})

describe('an attempt that fails without an answer', () => {
  const broken = () => Promise.reject(new Error('no lock'))
  const listenTo = (client: Client) => {
    const errors: Notices['error'][] = []
    client.on('error', (notice) => errors.push(notice))
    return errors
  }

  test('is reported once and tried again like any other, and the events stay on the device', async () => {
    const { client, clock, transport, storage } = await start()
    const errors = listenTo(client)
    const { alone } = storage
    storage.alone = broken
    client.track('a')
    client.identify('null')
    await client.flush()
    await clock.advance(1_000)
    client.track('b')
    await settled()
    expect(await storage.count()).toBe(2)
    expect(errors.slice(1)).toEqual([
      { code: 'delivery_failed', message: expect.stringContaining('no lock'), cause: expect.any(Error) },
    ])

    storage.alone = alone
    await clock.advance(5_000)
    expect(transport.sent()).toEqual([['a', 'b']])
    expect(transport.requests[0]?.batch.dropped).toEqual({ illegal_id: 1 })
    expect(await storage.count()).toBe(0)
  })

  test('does not affect a leaving page, and its events are sent when it returns', async () => {
    const { client, lifecycle, transport } = await start()
    client.track('a')
    await settled()
    transport.sendLeaving = () => {
      throw new Error('no network')
    }
    expect(() => lifecycle.leave()).not.toThrow()
    await settled()
    lifecycle.resume()
    await settled()
    expect(transport.sent()).toEqual([['a']])
  })

  test('by a transport that throws is repeated, and events are still stored', async () => {
    const { client, clock, transport, storage } = await start()
    const errors = listenTo(client)
    const { send } = transport
    transport.send = () => {
      throw new Error('no network')
    }
    client.track('a')
    await expect(client.flush()).resolves.toBeUndefined()
    transport.send = send
    await clock.advance(1_000)
    expect(transport.sent()).toEqual([['a']])
    client.track('b')
    await settled()
    expect(await waiting({ storage })).toMatchObject([{ name: 'b' }])
    expect(errors.map(({ code }) => code)).toEqual(['delivery_failed'])
  })

  test('leaves no timer after shutdown', async () => {
    const { client, clock, storage } = await start()
    storage.alone = broken
    client.track('a')
    await client.shutdown()
    expect(clock.timers()).toBe(0)
  })
})

describe('leaving', () => {
  test('sends what waits before the callback returns', async () => {
    const { client, transport, lifecycle } = await start()
    client.track('a')
    await settled()
    client.track('b') // not stored yet
    lifecycle.leave()
    expect(transport.requests).toMatchObject([{ isLeaving: true }])
    expect(transport.sent()).toEqual([['a', 'b']])
  })

  test('sends an unwritten event as it will be written', async () => {
    const { client, transport, lifecycle, storage } = await start()
    transport.alwaysReplyWith({ status: 0 })
    client.identify('u1')
    client.track('a')
    lifecycle.leave()
    await settled()
    expect(transport.requests[0]?.batch.events).toEqual(await waiting({ storage }))
  })

  test('leaves losses to the next request, because the answer to the last one may be lost', async () => {
    const { client, transport, lifecycle } = await start()
    client.identify('null')
    client.track('a')
    await settled()
    lifecycle.leave()
    expect(transport.requests[0]?.batch).not.toHaveProperty('dropped')
    lifecycle.resume()
    client.track('b')
    await client.flush()
    expect(transport.requests[1]?.batch.dropped).toEqual({ illegal_id: 1 })
  })

  test('sends nothing where the collector has asked for a pause; the events are on the device', async () => {
    const { client, transport, lifecycle, storage } = await start()
    transport.replyWith({ ...problem(503), retryAfter: '60' })
    client.track('a')
    await client.flush()
    client.track('b')
    lifecycle.leave()
    await settled()
    expect(transport.requests).toHaveLength(1)
    expect(await storage.count()).toBe(2)
  })

  test('sends even after a request has just failed, because a leaving page cannot wait', async () => {
    const { client, transport, lifecycle } = await start()
    transport.replyWith({ status: 0 })
    client.track('a')
    await client.flush()
    lifecycle.leave()
    expect(transport.sent()).toEqual([['a'], ['a']])
  })

  test('while a request is being compressed sends its events at once; the compressed one is not sent', async () => {
    const { client, transport, lifecycle } = await start()
    const packed = later<string>()
    transport.pack = () => packed.promise
    client.track('a')
    const flushed = client.flush()
    await settled()
    lifecycle.leave()
    packed.answer('{}')
    await flushed
    expect(transport.requests).toMatchObject([{ isLeaving: true, batch: { events: [{ name: 'a' }] } }])
  })

  test('twice, hidden and then closed, sends nothing twice', async () => {
    const { client, transport, lifecycle } = await start()
    client.track('a')
    await settled()
    lifecycle.leave()
    lifecycle.leave()
    await settled()
    lifecycle.leave()
    expect(transport.sent()).toEqual([['a']])
  })

  test('sends what was tracked between hiding and closing too', async () => {
    const { client, transport, lifecycle } = await start()
    client.track('a')
    lifecycle.leave()
    client.track('b')
    lifecycle.leave()
    expect(transport.sent()).toEqual([['a'], ['b']])
  })

  test('does not send events that are in flight', async () => {
    const { client, transport, lifecycle } = await start()
    transport.replyWith(later().promise)
    client.track('a')
    void client.flush()
    await settled()
    client.track('b')
    lifecycle.leave()
    expect(transport.sent()).toEqual([['a'], ['b']])
  })

  test('sends events that come after those in flight', async () => {
    const { client, transport, lifecycle } = await start({ batchSize: 1 })
    transport.replyWith(later().promise)
    client.track('a')
    lifecycle.leave()
    client.track('b')
    await client.flush()
    expect(transport.sent()).toEqual([['a'], ['b']])
  })

  test('keeps the loop from sending the same events meanwhile', async () => {
    const { client, transport, lifecycle, clock } = await start()
    const slow = later()
    transport.replyWith(slow.promise)
    client.track('a')
    await settled()
    lifecycle.leave()
    lifecycle.resume()
    await clock.advance(8_000)
    expect(transport.sent()).toEqual([['a']])

    slow.answer({ status: 0 })
    await clock.advance(5_000)
    expect(transport.sent()).toEqual([['a'], ['a']])
  })

  test('on a page that stays open removes acknowledged events, whether written meanwhile or not', async () => {
    const { client, lifecycle, storage } = await start()
    client.track('a')
    await settled()
    client.track('b')
    lifecycle.leave()
    await settled()
    expect(await storage.count()).toBe(0)
  })

  test('on a page that dies leaves its events for the next one, with the same keys', async () => {
    const tab = await start()
    tab.transport.alwaysReplyWith(later().promise)
    tab.client.track('a')
    await settled()
    tab.lifecycle.leave()

    const next = await start({}, { storage: tab.storage, ids: createFakeIds(1) })
    expect(next.transport.requests[0]?.batch.events).toEqual(tab.transport.requests[0]?.batch.events)
  })

  test('sends the newest events that the transport has room for; the rest stays stored', async () => {
    const { client, transport, lifecycle, storage } = await start()
    transport.alwaysReplyWith({ status: 0 })
    for (const name of names(20)) client.track(name, { text: 'é'.repeat(100) })
    await settled()
    for (transport.room = 1_000; transport.room < 5_000; transport.room += 100) {
      transport.requests.length = 0
      lifecycle.leave()
      const [request] = transport.requests
      const sent = request?.batch.events.map(({ name }) => name) ?? []
      const bodyBytes = new TextEncoder().encode(JSON.stringify(request?.batch)).length
      expect(bodyBytes).toBeLessThanOrEqual(transport.room)
      expect(bodyBytes).toBeGreaterThan(transport.room - 700) // one more would not fit
      expect(sent).toEqual(names(20).slice(-sent.length))
      await settled()
    }
    expect(await storage.count()).toBe(20)
  })

  test('can send the newest 200 events; older ones stay in storage', async () => {
    const { client, transport, lifecycle, storage } = await start()
    transport.alwaysReplyWith({ status: 0 })
    transport.room = 1_000_000
    for (const name of names(300)) client.track(name)
    await settled()
    transport.requests.length = 0
    lifecycle.leave()
    expect(transport.sent()).toEqual([names(300).slice(100)])
    expect(await storage.count()).toBe(300)
  })

  test('sends nothing without room, and no events of other pages', async () => {
    const { client, transport, lifecycle, storage } = await start()
    client.track('a')
    transport.alwaysReplyWith({ status: 0 })
    await client.flush()
    transport.room = 100
    lifecycle.leave()
    expect(transport.requests).toHaveLength(1)

    const transportOfOther = createFakeTransport()
    transportOfOther.alwaysReplyWith({ status: 0 })
    const other = await start({}, { storage, transport: transportOfOther, ids: createFakeIds(1) })
    other.lifecycle.leave()
    expect(other.transport.requests).toMatchObject([{ isLeaving: false }])
  })
})

describe('several pages on one storage', () => {
  test('when a page starts, it sends what an earlier one could not', async () => {
    const { client, transport, storage } = await start()
    transport.alwaysReplyWith({ status: 0 })
    for (const name of names(120)) client.track(name)
    await client.shutdown()

    const next = await start({}, { storage, ids: createFakeIds(1) })
    expect(next.transport.sent().map((batch) => batch.length)).toEqual([100, 20])
    expect(await storage.count()).toBe(0)
  })

  test('they share the visitor and the session', async () => {
    const one = await start()
    const two = await start({}, { storage: one.storage, ids: createFakeIds(1) })
    one.client.track('a')
    two.client.track('b')
    await one.client.flush()
    await two.client.flush()
    const events = [one, two].flatMap(({ transport }) =>
      transport.requests.flatMap(({ batch }) => batch.events),
    )
    expect(events.map(({ name }) => name).sort()).toEqual(['a', 'b'])
    expect(new Set(events.map(({ anonymous_id }) => anonymous_id)).size).toBe(1)
    expect(new Set(events.map(({ session }) => session?.id)).size).toBe(1)
    expect(new Set(events.map(({ stream }) => stream)).size).toBe(2)
  })
})

describe('several pages, one pace', () => {
  test('Retry-After to one pauses both, whatever calls for a retry, and a page that opens meanwhile', async () => {
    const one = openPage()
    const two = openPage({}, one.device)
    await settled()
    one.transport.replyWith({ ...problem(429), retryAfter: '60' })
    one.client.track('a')
    await one.client.flush()
    two.client.track('b')
    await two.client.flush()
    two.lifecycle.leave()
    const three = openPage({}, one.device)
    await one.clock.advance(59_999)
    expect([one, two, three].map(({ transport }) => transport.requests.length)).toEqual([1, 0, 0])
    await one.clock.advance(30_000)
    const delivered = [one, two, three].flatMap(({ transport }) => transport.sent().flat())
    expect(delivered.sort()).toEqual(['a', 'a', 'b'])
  })

  test('five pages send at most four requests in an outage of 8 s, and lose nothing', async () => {
    const first = openPage()
    const pages = [first, ...Array.from({ length: 4 }, () => openPage({}, first.device))]
    await settled()
    for (const { transport, clock } of pages) {
      transport.alwaysReplyWith(({ batch }) =>
        clock.now() < noon + 8_000 ? { status: 503 } : receipt(batch.events.length),
      )
    }
    for (const [index, { client }] of pages.entries()) client.track(`e${index}`)
    await first.clock.advance(7_999)
    const asked = pages.reduce((sum, { transport }) => sum + transport.requests.length, 0)
    expect(asked).toBeLessThanOrEqual(4)
    await first.clock.advance(30_000)
    expect(await first.storage.count()).toBe(0)
    expect(
      pages.reduce(
        (sum, { notices }) => sum + notices.delivered.reduce((n, each) => n + each.accepted, 0),
        0,
      ),
    ).toBe(5)
  })

  test.each([401, 403])(
    '%s to one pauses only that one: the other sends the events of both',
    async (status) => {
      const one = openPage()
      const two = openPage({}, one.device)
      await settled()
      one.transport.alwaysReplyWith(problem(status))
      one.client.track('a')
      await one.client.flush()
      two.client.track('b')
      await two.client.flush()
      expect(two.transport.sent()).toEqual([['a', 'b']])
      one.client.track('c')
      await one.client.flush()
      one.lifecycle.leave()
      expect(one.transport.requests).toHaveLength(1)
    },
  )

  test('a page that was refused tries again when it is reloaded', async () => {
    const one = openPage()
    one.transport.alwaysReplyWith(problem(401))
    one.client.track('a')
    await one.client.flush()
    const reloaded = openPage({}, one.device)
    await settled()
    expect(reloaded.transport.sent()).toEqual([['a']])
  })

  test('another token ends a pause for all pages, and what waits is sent', async () => {
    const one = openPage()
    const two = openPage({}, one.device)
    await settled()
    one.transport.replyWith({ ...problem(429), retryAfter: '60' })
    one.client.track('a')
    await one.client.flush()
    two.client.setToken('hw_pub_abcd1234_new')
    await settled()
    expect(two.transport.sent()).toEqual([['a']])
  })

  test('a pause written by a wrong clock is ignored', async () => {
    const page = openPage()
    page.syncStorage.write('pace', JSON.stringify({ pausedUntil: noon + 365 * 24 * 3_600_000 }))
    page.client.track('a')
    await page.client.flush()
    expect(page.transport.sent()).toEqual([['a']])
    expect(page.syncStorage.read('pace')).toBeUndefined()
  })
})
