/** States what happens to events after each answer of the collector. */
import {
  createFakePorts,
  type FakePorts,
  type FakeRequest,
  problem,
  receipt,
  settled,
} from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import { createCore } from '../client.ts'
import type { Notices } from '../notices.ts'
import { readOptions } from '../options.ts'
import type { Answer } from '../ports.ts'

const options = {
  token: 'hw_pub_abcd1234_0123456789abcdefghjkmnpqrs',
  endpoint: 'https://t.example.com',
  autoPage: false,
}
const minute = 60_000

/** A client that has tracked events with these names, and the notices it emits. */
function start(names: string[], own: Partial<FakePorts> = {}) {
  const ports = createFakePorts(own)
  const { client, start: open } = createCore(readOptions(options), ports)
  open()
  const notices: [string, unknown][] = []
  for (const name of ['delivered', 'dropped', 'error'] as const) {
    client.on(name, (notice: Notices[typeof name]) => notices.push([name, notice]))
  }
  for (const name of names) client.track(name)
  return { ...ports, client, notices }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 1}`)

describe('status and outcome', () => {
  const portal: Answer = { status: 200, body: '<html>' }
  const tooFew = receipt(1)

  test.each<[string, Answer, { waits: number; nextAfterMs: number | undefined }]>([
    ['a receipt that adds up removes the events', receipt(2), { waits: 0, nextAfterMs: undefined }],
    ['a 200 without a receipt keeps them', portal, { waits: 2, nextAfterMs: 1_000 }],
    ['a receipt for another number of events keeps them', tooFew, { waits: 2, nextAfterMs: 1_000 }],
    ['no answer keeps them', { status: 0 }, { waits: 2, nextAfterMs: 1_000 }],
    ['408 keeps them', problem(408), { waits: 2, nextAfterMs: 1_000 }],
    ['429 keeps them', problem(429), { waits: 2, nextAfterMs: 1_000 }],
    ['431 keeps them', { status: 431 }, { waits: 2, nextAfterMs: 1_000 }],
    ['500 keeps them', problem(500), { waits: 2, nextAfterMs: 1_000 }],
    ['503 keeps them', problem(503), { waits: 2, nextAfterMs: 1_000 }],
    ['403 keeps them and waits 5 minutes', problem(403), { waits: 2, nextAfterMs: 5 * minute }],
    ['404 keeps them and waits 5 minutes', problem(404), { waits: 2, nextAfterMs: 5 * minute }],
    ['302 keeps them and waits 5 minutes', { status: 302 }, { waits: 2, nextAfterMs: 5 * minute }],
    ['401 keeps them and stops sending', problem(401), { waits: 2, nextAfterMs: undefined }],
    ['415 drops them', problem(415), { waits: 0, nextAfterMs: undefined }],
  ])('%s', async (_, answer, { waits, nextAfterMs }) => {
    const { client, transport, storage, clock } = start(['a', 'b'])
    transport.replyWith(answer)
    await client.flush()
    expect(await storage.count()).toBe(waits)
    expect(transport.requests).toHaveLength(1)

    await clock.advance((nextAfterMs ?? 24 * 60 * minute) - 1)
    expect(transport.requests).toHaveLength(1)
    await clock.advance(1)
    expect(transport.requests).toHaveLength(nextAfterMs ? 2 : 1)
  })

  test.each([
    [403, 'collector_refused'],
    [401, 'collector_refused'],
  ])('%s is reported once, with what the collector says about it', async (status, code) => {
    const { transport, notices, clock } = start(['a'])
    transport.alwaysReplyWith(problem(status, 'some_code', 'Do this.'))
    await clock.advance(60 * minute)
    expect(notices).toEqual([
      ['error', { code, message: expect.stringContaining('Do this.'), cause: expect.anything() }],
    ])
  })

  test('another refusal is reported too, the same one is not', async () => {
    const { client, transport, notices, clock } = start(['a'])
    for (const status of [403, 403, 404]) {
      transport.replyWith(problem(status))
      client.track('b')
      await clock.advance(6 * minute)
    }
    expect(notices.map(([name]) => name)).toEqual(['error', 'delivered', 'delivered', 'error', 'delivered'])
  })

  test.each([429, 503])(
    '%s with Retry-After waits as long as it says, whatever calls for a retry',
    async (status) => {
      const { client, transport, clock, lifecycle } = start(['a'])
      transport.replyWith({ ...problem(status), retryAfter: '6' })
      await client.flush()
      lifecycle.resume()
      lifecycle.leave()
      await clock.advance(5_999)
      expect(transport.requests).toHaveLength(1)
      await clock.advance(1)
      expect(transport.requests).toHaveLength(2)
    },
  )
})

test('a date in Retry-After is read by the clock of the client', async () => {
  const { client, transport, clock } = start(['a'])
  const retryAfter = new Date(clock.now() + 6_000).toUTCString()
  transport.replyWith({ ...problem(503), retryAfter })
  await client.flush()
  await clock.advance(5_999)
  expect(transport.requests).toHaveLength(1)
  await clock.advance(1)
  expect(transport.requests).toHaveLength(2)
})

describe('verdicts', () => {
  test('delivered has the counts of the collector', async () => {
    const { client, transport, notices } = start(['a', 'b'])
    transport.replyWith(receipt(2, [{ index: 1, status: 'duplicate' }]))
    await client.flush()
    expect(notices).toEqual([['delivered', { accepted: 1, duplicate: 1, rejected: 0 }]])
  })

  test('a rejected event is removed, counted, and reported with its reason', async () => {
    const { client, transport, storage, notices } = start(['a', 'b'])
    const message = 'Send a currency.'
    transport.replyWith(receipt(2, [{ index: 0, status: 'rejected', code: 'currency_required', message }]))
    await client.flush()
    expect(await storage.count()).toBe(0)
    expect(notices).toContainEqual([
      'dropped',
      { reason: 'rejected', count: 1, code: 'currency_required', message },
    ])
  })

  test('rejections are not reported back to the collector', async () => {
    const { client, transport } = start(['a'])
    transport.replyWith(receipt(1, [{ index: 0, status: 'rejected', code: 'currency_required' }]))
    await client.flush()
    client.track('b')
    await client.flush()
    expect(transport.requests[1]?.batch).not.toHaveProperty('dropped')
  })

  test('an invalid verdict does no harm', async () => {
    const { client, transport, storage, notices } = start(['a', 'b'])
    const { body } = receipt(2)
    transport.replyWith({ status: 200, body: { ...(body as object), results: [null, 1, {}] } })
    await client.flush()
    expect(notices).toEqual([['delivered', { accepted: 2, duplicate: 0, rejected: 0 }]])
    client.track('c')
    await settled()
    expect(await storage.count()).toBe(1)
  })
})

describe('the count of losses', () => {
  test('is sent again if its batch failed, and not if it was delivered', async () => {
    const { client, transport } = start(['a'])
    transport.replyWith({ status: 503 })
    client.identify('null')
    await client.flush()
    await client.flush()
    client.track('b')
    await client.flush()
    expect(transport.requests.map(({ batch }) => batch.dropped)).toEqual([
      { illegal_id: 1 },
      { illegal_id: 1 },
      undefined,
    ])
  })
})

describe('batches that are refused as a whole', () => {
  /** A collector that refuses every batch with this event in it. */
  const choke =
    (poison: string, status: number) =>
    ({ batch }: FakeRequest) =>
      batch.events.some(({ name }) => name === poison) ? problem(status) : receipt(batch.events.length)

  test.each([400, 413])(
    '%s drops only the event that causes it, wherever it is in the batch',
    async (status) => {
      for (const poison of ['e1', 'e7', 'e20']) {
        const { client, transport, storage, notices } = start(names(20))
        transport.alwaysReplyWith(choke(poison, status))
        await client.flush()
        const delivered = notices.flatMap(([name, notice]) => (name === 'delivered' ? notice : []))
        expect(
          delivered.reduce<number>((sum, notice) => sum + (notice as { accepted: number }).accepted, 0),
        ).toBe(19)
        expect(notices).toContainEqual([
          'dropped',
          { reason: 'refused', count: 1, code: 'some_code', message: 'What to do.' },
        ])
        expect(await storage.count()).toBe(0)
        expect(transport.requests.length).toBeLessThanOrEqual(11) // 2 log2(20) + 1, and the count of the loss waits
      }
    },
  )

  test('two accidental refusals drop nothing', async () => {
    const { client, transport, notices } = start(names(20))
    transport.replyWith(problem(400), problem(400))
    await client.flush()
    expect(new Set(transport.sent().flat())).toEqual(new Set(names(20)))
    expect(notices.filter(([name]) => name === 'dropped')).toEqual([])
  })

  test('a collector that goes away in the middle of the search gets no more requests', async () => {
    const { client, transport, storage } = start(names(4))
    transport.replyWith(problem(400), { status: 503 })
    await client.flush()
    expect(transport.sent()).toEqual([names(4), ['e1', 'e2']])
    expect(await storage.count()).toBe(4)
  })

  test('and what it accepted before that is not sent again', async () => {
    const { client, transport, storage } = start(names(4))
    transport.replyWith(problem(400), receipt(2), { status: 0 })
    await client.flush()
    expect(transport.sent()).toEqual([names(4), ['e1', 'e2'], ['e3', 'e4']])
    expect(await storage.count()).toBe(2)
  })
})

test('a body is sent as the transport has compressed it, with its events as they were written', async () => {
  const { client, transport, storage } = start([])
  await settled()
  const texts: string[] = []
  const bodies: unknown[] = []
  const { send } = transport
  transport.pack = async (text) => {
    texts.push(text)
    return `${text} `
  }
  transport.send = (url, body) => {
    bodies.push(body)
    return send(url, body)
  }
  client.track('a')
  client.track('b')
  await settled()
  const written = await storage.peek(9)
  await client.flush()
  expect(bodies).toEqual([`${texts[0]} `])
  expect(texts[0]).toContain(`"events":[${written.map(({ json }) => json)}]}`)
})
